// What all explorables share: a state that attributes, links and controls set, one
// redraw a frame, and an end when the reader leaves the page.

import { html } from "./elements.js"

export class Explorable extends HTMLElement {
  /** For each part of the state, a function that reads it from text or throws. */
  static fields = {}

  /** What the state is where the page says nothing. */
  static defaults = {}

  /** Wait until the reader comes near: a page may hold many. */
  connectedCallback() {
    this.leaving = new AbortController()
    const near = new IntersectionObserver(
      entries => {
        if (!entries.some(entry => entry.isIntersecting)) return
        near.disconnect()
        this.#start()
      },
      { rootMargin: "400px" },
    )
    const link = new URLSearchParams(location.search)
    if (link.get("figure") === this.querySelector("figure").id) {
      this.#start()
      this.#follow(link)
      requestAnimationFrame(() => this.scrollIntoView())
    } else near.observe(this)
    this.leaving.signal.addEventListener("abort", () => near.disconnect())
  }

  /** The reader leaves: what runs ends. */
  disconnectedCallback() {
    this.leaving.abort()
    if (!this.live) return
    cancelAnimationFrame(this.frame)
    clearTimeout(this.pause)
    this.frame = undefined
    this.end()
    this.live.remove()
    this.live = undefined
    this.classList.remove("gd-on")
  }

  /** What a kind of explorable does of its own, on building, drawing and ending. */
  build() {}
  draw() {}
  end() {}

  /** Listen to something outside the element for as long as it is on the page. */
  listen(target, type, act, options) {
    target.addEventListener(type, act, { ...options, signal: this.leaving.signal })
  }

  /**
   * Change parts of the state; the picture follows with the next frame. A run that was
   * stepped through is shown whole again, unless the change says how much is shown.
   */
  set(changes) {
    Object.assign(this.state, { shown: undefined }, changes)
    this.touched = true
    this.complain("")
    this.refresh()
  }

  /** Draw the same state again: its colours or its size are others. */
  refresh() {
    this.frame ??= requestAnimationFrame(() => this.#redraw())
  }

  /** Take what the reader typed into the state, or say what is wrong with it. */
  type(name, typed) {
    try {
      this.set({ [name]: this.constructor.fields[name](typed) })
      return true
    } catch (error) {
      this.complain(error.message)
      return false
    }
  }

  reset() {
    this.state = { ...this.constructor.defaults }
    this.set(this.initial)
  }

  complain(sentence) {
    this.message.textContent = sentence
    this.message.hidden = !sentence
  }

  /**
   * Say what the picture shows, to those who listen, once the reader has changed it and
   * it has come to rest. What was said is taken back: it can be read beside the picture.
   */
  say(words) {
    if (!this.touched || words === this.said) return
    clearTimeout(this.pause)
    this.pause = setTimeout(() => {
      this.spoken.textContent = this.said = words
      this.pause = setTimeout(() => this.spoken.replaceChildren(), 5000)
    }, 700)
  }

  /** The address that carries the whole state. */
  get link() {
    const url = new URL(location.href)
    url.search = new URLSearchParams({
      figure: this.figure.id,
      ...Object.fromEntries(
        Object.entries(this.state).filter(
          ([name, value]) => name in this.constructor.fields && value !== undefined,
        ),
      ),
    })
    url.hash = this.figure.id
    return url.href
  }

  /** Put the link into the address bar and, where allowed, on the clipboard. */
  async share() {
    const { link } = this
    history.replaceState(history.state, "", link)
    return navigator.clipboard.writeText(link)
  }

  #start() {
    this.figure = this.querySelector("figure")
    this.stage = this.querySelector(".gd-stage")
    this.initial = {}
    for (const [name, read] of Object.entries(this.constructor.fields))
      if (this.hasAttribute(name)) this.initial[name] = read(this.getAttribute(name))
    this.message = html("p", {
      class: "gd-message",
      id: `${this.figure.id}-message`,
      role: "alert",
      hidden: true,
    })
    this.spoken = html("p", { class: "gd-spoken", role: "status" })
    this.live = html("div", { class: "gd-live" })
    this.build()
    if (!this.message.parentNode) this.live.append(this.message)
    this.live.append(this.spoken)
    this.stage.append(this.live)
    this.classList.add("gd-on")
    this.reset()
    this.touched = false
    cancelAnimationFrame(this.frame)
    this.#redraw()
  }

  /** Take what a link carries: all of it or, where a part is wrong, none. */
  #follow(link) {
    const { fields } = this.constructor
    const carried = Object.keys(fields).filter(name => link.has(name))
    const wrong = carried.filter(name => {
      try {
        fields[name](link.get(name))
      } catch {
        return true
      }
    })
    for (const name of wrong.length ? wrong.slice(0, 1) : carried) this.type(name, link.get(name))
  }

  #redraw() {
    this.frame = undefined
    this.draw()
  }
}
