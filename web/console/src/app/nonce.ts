/** The mark of this page by which its policy lets style sheets in that a library adds; none in development. */
export const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''

// What holds the page still behind a dialog asks for it under this name.
if (nonce) Object.assign(globalThis, { __webpack_nonce__: nonce })
