// Runs in every page that `rapport bench console` opens, before the page's own scripts.
;(() => {
  const rowHeight = 84
  const perFrame = rowHeight * 4
  const slack = 1.5
  const quietMs = 1_000
  const patienceMs = 60_000
  const longTasks = []
  new PerformanceObserver((list) => longTasks.push(...list.getEntries())).observe({ type: 'longtask', buffered: true })

  const probe = { interactive_ms: 0 }
  // Interactive: the first rows are painted, and the page has time for what was asked of it since.
  const look = () => {
    if (!document.querySelector('[id^="row-"]')) return requestAnimationFrame(look)
    requestAnimationFrame(() =>
      setTimeout(() => {
        probe.interactive_ms = performance.now()
      }),
    )
  }
  requestAnimationFrame(look)

  const busyUntil = () => Math.max(probe.interactive_ms, ...longTasks.map((task) => task.startTime + task.duration))
  const until = (holds) =>
    new Promise((done) => {
      const ask = () => (holds() ? done() : setTimeout(ask, 100))
      ask()
    })
  probe.interactive = () => until(() => probe.interactive_ms > 0)
  probe.quiet = () => until(() => performance.now() - busyUntil() > quietMs)
  probe.result = () => ({
    interactive_ms: probe.interactive_ms,
    first_paint_ms: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
    quiet_ms: busyUntil(),
  })

  /** Move by four rows a frame, as a fast wheel does, until `rows` are passed; down waits for what is loaded. */
  probe.scroll = (rows, direction) =>
    new Promise((done) => {
      const pane = document.querySelector('[data-scroller]')
      const began = performance.now()
      const goal = direction > 0 ? rows * rowHeight : 0
      const gaps = []
      let last = 0
      const step = (now) => {
        if (last) gaps.push(now - last)
        last = now
        const arrived = direction > 0 ? pane.scrollTop + pane.clientHeight >= goal : pane.scrollTop <= 0
        if (arrived || now - began > patienceMs) return finish()
        pane.scrollTop += direction * perFrame
        requestAnimationFrame(step)
      }
      const finish = () => {
        const usual = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)]
        done({
          rows: Math.round(pane.scrollHeight / rowHeight),
          frames: gaps.length,
          dropped: gaps.reduce((sum, gap) => sum + (gap > usual * slack ? Math.round(gap / usual) - 1 : 0), 0),
          worst_ms: Math.max(...gaps),
          long_tasks: longTasks.filter((task) => task.startTime >= began).length,
        })
      }
      requestAnimationFrame(step)
    })

  window.probe = probe
})()
