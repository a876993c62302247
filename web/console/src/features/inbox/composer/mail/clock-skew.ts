let skewMs = 0

/** How far this computer's clock is ahead of the server's, as the last answer told. */
export const clockSkewMs = () => skewMs

/** The server has just written this. */
export const noteServerTime = (created_at: string, now = Date.now()) => {
  skewMs = now - Date.parse(created_at)
}
