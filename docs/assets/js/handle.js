// A square on a curve that the reader moves along x: by pointer, by touch, by keys.

import { svg } from "./plot.js"

const sixDigits = x => Number(x.toPrecision(6))

export class Handle {
  /**
   * Put a handle into a plot. `domain()` is where it may go, `value()` where it is, and
   * `move(x)` takes it elsewhere, to an x as exact as `round` leaves it; `grab()` and
   * `drop()` are told of a drag. It `taps`: it goes where the picture is clicked.
   */
  constructor(
    plot,
    { label, domain, value, move, grab, drop, kind = "start", round = sixDigits, taps = true },
  ) {
    const node = (this.node = svg(
      "g",
      { class: "gd-handle", role: "slider", tabindex: 0, "aria-label": label, "data-kind": kind },
      svg("circle", { r: 22 }),
      svg("rect", { x: -6, y: -6, width: 12, height: 12 }),
    ))
    this.domain = domain
    plot.node.append(node)
    const set = (x, [low, high]) => move(round(Math.min(high, Math.max(low, x))))
    const toward = event => {
      const [low, high] = domain()
      const grain = (high - low) / 400
      set(Math.round(plot.locate(event).x / grain) * grain, [low, high])
    }
    let held = false
    node.addEventListener("pointerdown", event => {
      if (event.button) return
      event.preventDefault()
      node.setPointerCapture(event.pointerId)
      node.focus({ preventScroll: true })
      held = true
      grab?.()
    })
    // Chromium heeds touch-action on whole pictures only: this keeps the page in place
    // under a finger that drags the handle, and nowhere else.
    node.addEventListener("touchstart", event => event.preventDefault(), { passive: false })
    node.addEventListener("pointermove", event => held && toward(event))
    for (const type of ["pointerup", "pointercancel", "lostpointercapture"])
      node.addEventListener(type, () => {
        if (held) drop?.()
        held = false
      })
    plot.node.addEventListener("click", event => {
      if (taps && !node.contains(event.target) && plot.locate(event).inside) toward(event)
    })
    node.addEventListener("keydown", event => {
      const [low, high] = domain()
      const small = ((high - low) / 200) * (event.shiftKey ? 10 : 1)
      const moved = {
        ArrowRight: value() + small,
        ArrowUp: value() + small,
        ArrowLeft: value() - small,
        ArrowDown: value() - small,
        PageUp: value() + (high - low) / 20,
        PageDown: value() - (high - low) / 20,
        Home: low,
        End: high,
      }[event.key]
      if (moved === undefined) return
      event.preventDefault()
      set(moved, [low, high])
    })
  }

  /** Stand at a point of the plot; `value` and `words` are for those who listen. */
  place(x, y, value, words) {
    const [low, high] = this.domain()
    const attributes = {
      transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`,
      "aria-valuemin": low,
      "aria-valuemax": high,
      "aria-valuenow": value,
      "aria-valuetext": words,
    }
    for (const one in attributes) this.node.setAttribute(one, attributes[one])
  }
}
