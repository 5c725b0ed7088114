// Behaves like the single-page application it stands for: views change without a load.
const blank = () => {
  const view = document.createElement('div')
  const main = document.createElement('main')
  main.setAttribute('role', 'main')
  const title = document.createElement('h1')
  title.textContent = 'Year 6 Rowan'
  main.append(title)
  view.append(main)
  return view
}

window.fixture = {
  /** Opens another class; the view before stays, once marked as what it was and once not. */
  openClass(path, courseId) {
    const before = document.querySelector('[data-view]:not([data-stale])')
    const unmarked = before.cloneNode(true)
    unmarked.removeAttribute('data-p')
    before.dataset.stale = ''
    unmarked.dataset.stale = ''
    before.after(unmarked)
    const view = blank()
    view.dataset.p = `%.@."${courseId}"]`
    view.dataset.view = 'stream'
    history.pushState({}, '', path)
    document.body.append(view)
  },
  go(path) {
    history.pushState({}, '', path)
  },
  addPost() {
    const post = document.createElement('div')
    post.dataset.streamItemId = '605000000009'
    post.textContent = 'A post that came later'
    document.querySelector('[role=main]').append(post)
  },
  /** Removes what the page did not put there itself. */
  renderAgain() {
    for (const child of [...document.body.children]) {
      if (!child.matches('header, nav, [data-view]')) child.remove()
    }
  },
  replaceBody() {
    const body = document.createElement('body')
    body.append(...document.querySelectorAll('header, nav, [data-view]'))
    document.body.replaceWith(body)
  },
}
