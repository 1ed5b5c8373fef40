// A picture whose view the reader moves: by mouse, by two fingers, by the wheel with
// Ctrl, by keys and buttons. One finger and the bare wheel go on scrolling the page.

import { button } from "./controls.js"
import { html } from "./elements.js"

/**
 * Let a plot be moved and zoomed. `view()` is [left, right, low, high]; `move(view)` takes
 * it elsewhere, and may keep it within bounds; `tap(event)` is a click that moved
 * nothing; `middle()` is the point that keys and buttons zoom at. `tall` is the power of
 * the zoom that goes up and down.
 */
export class Gestures {
  constructor(explorable, plot, { view, move, tap, middle, whole, skip = () => false, tall = 1 }) {
    Object.assign(this, { view, move, middle, tall })
    const { node } = plot
    this.buttons = html(
      "span",
      { class: "gd-buttons" },
      button("−", () => this.zoom(2), { "aria-label": "Zoom out" }),
      button("+", () => this.zoom(1 / 2), { "aria-label": "Zoom in" }),
      button("Whole", whole, { "aria-label": "Show the whole picture" }),
    )
    node.addEventListener(
      "wheel",
      event => {
        const { x, y, inside } = plot.locate(event)
        if (!inside || !(event.ctrlKey || event.metaKey)) return
        event.preventDefault()
        this.zoom(1.01 ** event.deltaY, x, y)
      },
      { passive: false },
    )
    this.#drag(explorable, plot, tap, skip)
    this.#pinch(plot)
  }

  /** Make the view so many times as wide, with the point (x, y) where it was. */
  zoom(factor, x, y, [left, right, low, high] = this.view()) {
    if (x === undefined) [x, y] = this.middle()
    const up = factor ** this.tall
    this.move([
      x - (x - left) * factor,
      x + (right - x) * factor,
      y - (y - low) * up,
      y + (high - y) * up,
    ])
  }

  /** Move the view by shares of its size. */
  shift(across, up) {
    const [left, right, low, high] = this.view()
    const [dx, dy] = [(right - left) * across, (high - low) * up]
    this.move([left + dx, right + dx, low + dy, high + dy])
  }

  #drag(explorable, plot, tap, skip) {
    let from
    let dragged = false
    plot.node.addEventListener("pointerdown", event => {
      dragged = false
      if (event.button || event.pointerType === "touch" || skip(event)) return
      const place = plot.locate(event)
      if (place.inside) from = { ...place, client: [event.clientX, event.clientY] }
    })
    explorable.listen(window, "pointermove", event => {
      if (!from) return
      const [x, y] = from.client
      dragged ||= Math.hypot(event.clientX - x, event.clientY - y) > 4
      if (!dragged) return
      const now = plot.locate(event)
      const [left, right, low, high] = this.view()
      const [dx, dy] = [from.x - now.x, from.y - now.y]
      this.move([left + dx, right + dx, low + dy, high + dy])
      Object.assign(from, plot.locate(event), { x: now.x + dx, y: now.y + dy })
    })
    for (const type of ["pointerup", "pointercancel"])
      explorable.listen(window, type, () => (from = undefined))
    plot.node.addEventListener("click", event => {
      if (!dragged && !skip(event) && plot.locate(event).inside) tap(event)
    })
  }

  /** Two fingers move and enlarge the view. */
  #pinch(plot) {
    let last
    const place = ([a, b]) => ({
      clientX: (a.clientX + b.clientX) / 2,
      clientY: (a.clientY + b.clientY) / 2,
      apart: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY),
    })
    const touch = event => {
      if (event.touches.length !== 2) return (last = undefined)
      event.preventDefault()
      const now = place(event.touches)
      if (last) {
        const [{ x, y }, was] = [plot.locate(now), plot.locate(last)]
        const [left, right, low, high] = this.view()
        const [dx, dy] = [was.x - x, was.y - y]
        this.zoom(last.apart / now.apart, x + dx, y + dy, [left + dx, right + dx, low + dy, high + dy])
      }
      last = now
    }
    for (const type of ["touchstart", "touchmove", "touchend", "touchcancel"])
      plot.node.addEventListener(type, touch, { passive: false })
  }
}
