// The demo's basket: a number that this browser remembers, and a button that opens the chat.
(() => {
  const name = 'fjell-fjord-basket'
  const shown = document.getElementById('basket')
  const stored = () => {
    try {
      return Number(localStorage.getItem(name)) || 0
    } catch {
      return 0
    }
  }
  const show = (count) => {
    shown.textContent = String(count)
  }
  show(stored())
  addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button') : null
    if (!button) return
    if ('chat' in button.dataset) window.Rapport?.open()
    if (!('basket' in button.dataset)) return
    const count = stored() + 1
    try {
      localStorage.setItem(name, String(count))
    } catch {
      // A browser without storage still counts on this page.
    }
    show(count)
    button.textContent = 'In the basket'
  })
})()
