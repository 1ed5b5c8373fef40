// Controls of the explorables, all native: a slider with a box to type in, a choice,
// a button. Each is drawn from the state and changes nothing but the state.

import { html } from "./elements.js"
import { exact, text } from "./numbers.js"

let ids = 0

/** A box for a number; `show` puts the state into it, unless the reader types there. */
function numberBox(explorable, name, label) {
  const box = html("input", {
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    "aria-label": `${label}, typed`,
    "aria-describedby": explorable.message.id,
    input: () => box.setAttribute("aria-invalid", !explorable.type(name, box.value)),
    change: () => {
      if (box.getAttribute("aria-invalid") !== "true") box.value = exact(explorable.state[name])
    },
  })
  box.show = () => {
    if (document.activeElement === box) return
    box.value = exact(explorable.state[name])
    box.removeAttribute("aria-invalid")
  }
  return box
}

/**
 * A slider for one part of the state, with a box for exact values.
 *
 * `place` turns a value into a position of the slider, `value` a position into a value;
 * positions run from 0 to `steps`, and values may lie between them. `say` puts a value
 * into words.
 */
export function dial(explorable, name, label, { steps, place, value, say = text }) {
  const id = `gd-control-${ids++}`
  const slider = html("input", {
    type: "range",
    id,
    min: 0,
    max: steps,
    step: 1,
    input: () => explorable.set({ [name]: value(Number(slider.value)) }),
  })
  const box = numberBox(explorable, name, label)
  const scale = html("span", { class: "gd-scale", "aria-hidden": "true" })
  const node = html(
    "div",
    { class: "gd-dial" },
    html("label", { for: id }, label),
    html("span", { class: "gd-track" }, slider, scale),
    box,
  )
  /** Show the state; `marks` are values with names, set below the slider. */
  const draw = (marks = []) => {
    const now = explorable.state[name]
    slider.value = Math.round(place(now))
    slider.setAttribute("aria-valuetext", say(now))
    box.show()
    const shown = JSON.stringify(marks)
    if (scale.dataset.shown === shown) return
    scale.dataset.shown = shown
    scale.replaceChildren(
      ...marks
        .map(([at, words]) => [place(at) / steps, words])
        .filter(([at]) => at >= 0 && at <= 1)
        .map(([at, words]) => html("span", { style: `--at: ${at}` }, words)),
    )
  }
  return { node, draw }
}

/** A box to type one part of the state into. */
export function typed(explorable, name, label, spoken = label) {
  const box = numberBox(explorable, name, spoken)
  const node = html("label", { class: "gd-choice" }, `${label} `, box)
  return { node, draw: box.show }
}

/** A choice among names for one part of the state. */
export function choice(explorable, name, label, options, { quiet = false } = {}) {
  const id = `gd-control-${ids++}`
  const select = html(
    "select",
    { id, change: () => explorable.set({ [name]: select.value }) },
    ...options.map(([value, words]) => html("option", { value }, words)),
  )
  const node = html(
    "span",
    { class: "gd-choice" },
    html("label", { for: id, class: quiet && "gd-spoken" }, label),
    select,
  )
  const draw = () => {
    select.value = explorable.state[name]
  }
  return { node, draw, select }
}

/** A button that copies the link to what is shown, and says so for two seconds. */
export function linkButton(explorable) {
  const node = button("Copy link", async () => {
    const copied = await explorable.share().then(() => true, () => false)
    node.textContent = copied ? "Copied" : "It is in the address bar"
    explorable.spoken.textContent = copied ? "Link copied." : "The link is in the address bar."
    setTimeout(() => (node.textContent = "Copy link"), 2000)
  })
  return node
}

/** A button. */
export const button = (words, act, attributes = {}) =>
  html("button", { type: "button", click: act, ...attributes }, words)

/**
 * Positions of a slider that run through powers of ten, twenty to each: the round
 * numbers 1, 1.1, 1.3, 1.4, 1.6, 1.8, 2 and so on, or whole numbers. Each position has a
 * value of its own, so that a key never gets stuck. A value of `snap` takes the place
 * of the nearest.
 */
export function logarithmic(low, high, { whole = false, snap = () => [] } = {}) {
  const first = Math.round(20 * Math.log10(low))
  const count = Math.round(20 * Math.log10(high)) - first + 1
  const round = exact => (whole ? Math.round(exact) : Number(exact.toPrecision(2)))
  const values = [
    ...new Set(Array.from({ length: count }, (_, i) => round(10 ** ((first + i) / 20)))),
  ]
  const steps = values.length - 1
  const place = value => {
    const next = values.findIndex(one => one >= value)
    if (next <= 0) return next && steps
    const [a, b] = [values[next - 1], values[next]]
    return next - Math.log(b / value) / Math.log(b / a)
  }
  const value = position =>
    snap().find(one => Math.round(place(one)) === position) ?? values[position]
  return { steps, place, value }
}
