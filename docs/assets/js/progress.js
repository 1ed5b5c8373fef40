// Which exercises the reader has solved: kept in the reader's browser, nowhere else.

import { html } from "./elements.js"

const NAME = "gd-solved"
const memory = new Set() // where the browser keeps nothing

/** An exercise's name: the path of its page and its anchor. */
export const nameOf = ({ pathname, hash }) => pathname.replace(/index\.html$/, "") + hash

/** The names of the exercises that are solved. */
export function solved() {
  try {
    return new Set([...memory, ...JSON.parse(localStorage.getItem(NAME) ?? "[]")])
  } catch {
    return new Set(memory)
  }
}

/** Keep the name of one more. */
export function keep(name) {
  const names = [...solved().add(name)]
  try {
    localStorage.setItem(NAME, JSON.stringify(names))
  } catch {
    memory.add(name)
  }
}

export function erase() {
  memory.clear()
  try {
    localStorage.removeItem(NAME)
  } catch {
    // Nothing was kept.
  }
}

/** Show that what this node names is solved. */
export function mark(node) {
  if (node.querySelector(".gd-solved")) return
  node.insertBefore(html("span", { class: "gd-solved" }, " ✓ solved"), node.querySelector(".headerlink"))
}

/** The heading of the exercise in which an element stands, and what belongs to it. */
export function exercise(element) {
  let heading = element
  while (heading && heading.tagName !== "H3") heading = heading.previousElementSibling
  const nodes = []
  for (let one = heading?.nextElementSibling; one && !/^H\d$/.test(one.tagName); one = one.nextElementSibling)
    nodes.push(one)
  return { heading, nodes }
}

/** Mark the exercise of an element as solved if it was solved before. */
export function recall(element) {
  const { heading } = exercise(element)
  if (heading && solved().has(nameOf(new URL(`#${heading.id}`, location)))) mark(heading)
}

/** One part is right: if all parts of its exercise are, keep that it is solved. */
export function settle(element) {
  const { heading, nodes } = exercise(element)
  const parts = nodes.filter(one => one.matches("gd-answer, gd-function"))
  if (!heading || !parts.every(one => one.right)) return false
  mark(heading)
  keep(nameOf(new URL(`#${heading.id}`, location)))
  return true
}

/** Say “Not yet”, and show the way to the hint of the exercise. */
export function nudge(element) {
  const hint = exercise(element).nodes.find(one => one.matches("details.tip"))
  if (!hint) return ["Not yet."]
  if (hint.open) return ["Not yet. Read the hint once more."]
  const click = () => {
    hint.open = true
    hint.querySelector("summary").focus()
  }
  return ["Not yet. ", html("button", { type: "button", click }, "Open the hint")]
}
