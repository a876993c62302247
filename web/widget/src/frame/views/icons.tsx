const paths = {
  back: 'm15 5-7 7 7 7',
  close: 'm6 9 6 6 6-6',
  send: 'M12 19V5m-6 6 6-6 6 6',
  attach: 'm20 11-8.5 8.5a5 5 0 0 1-7-7L13 4a3.3 3.3 0 0 1 4.7 4.7l-8.5 8.5a1.7 1.7 0 0 1-2.4-2.4l7.8-7.8',
  emoji: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Zm-4-7a4.8 4.8 0 0 0 8 0M9 9.5v.1M15 9.5v.1',
  remove: 'm7 7 10 10M17 7 7 17',
  file: 'M14 3H7a2 2 0 0 0-2 2v14c0 1.1.9 2 2 2h10a2 2 0 0 0 2-2V8zm0 0v5h5',
  down: 'M12 5v14m-6-6 6 6 6-6',
  assistant: 'M12 3v3m-5 0h10a3 3 0 0 1 3 3v7a3 3 0 0 1-3 3H7a3 3 0 0 1-3-3V9a3 3 0 0 1 3-3Zm2 5v2m6-2v2',
  write: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
}

export function Icon({ name }: { name: keyof typeof paths }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  )
}
