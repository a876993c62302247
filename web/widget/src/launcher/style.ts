/** Lives in a constructed stylesheet inside a shadow root: no page style leaks in, no strict policy forbids it. */
export const style = `
:host{all:initial;position:fixed;z-index:2147483000;bottom:0;right:0;width:0;height:0;color-scheme:light dark}
*{box-sizing:border-box}
button{position:fixed;bottom:20px;right:20px;width:56px;height:56px;border:0;border-radius:50%;padding:0;cursor:pointer;
background:var(--c);color:var(--o);box-shadow:0 4px 16px rgb(0 0 0/24%);display:grid;place-items:center;transition:transform .12s}
button:hover{transform:scale(1.05)}
button:focus-visible{outline:3px solid var(--o);box-shadow:0 0 0 6px var(--c)}
.left button{right:auto;left:20px}
svg{width:28px;height:28px;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
.wait button,.x,.open .m{display:none}.open .x{display:block}
b{position:absolute;top:-4px;right:-4px;min-width:22px;height:22px;padding:0 6px;border-radius:11px;background:#c2181f;color:#fff;
font:600 12px/22px system-ui,sans-serif;text-align:center}
b:empty{display:none}
iframe{position:fixed;bottom:88px;right:20px;width:380px;height:min(640px,calc(100dvh - 108px));border:0;border-radius:16px;
box-shadow:0 12px 40px rgb(0 0 0/24%);background:var(--s);visibility:hidden;opacity:0;transform:translateY(8px);
transition:opacity .12s,transform .12s,visibility 0s .12s}
.left iframe{right:auto;left:20px}
.open iframe{visibility:visible;opacity:1;transform:none;transition:opacity .12s,transform .12s}
@media (max-width:480px),(max-height:480px){
iframe{inset:0!important;width:100%;height:100%;border-radius:0;box-shadow:none}
.open button{display:none}}
@media (prefers-reduced-motion:reduce){button,iframe,.open iframe{transition:none;transform:none}}
@media print{:host{display:none}}
`
