// <gd-progress>: how many of the listed exercises the reader has solved.

import { html } from "./elements.js"
import { erase, mark, nameOf, solved } from "./progress.js"

class Progress extends HTMLElement {
  connectedCallback() {
    this.count = html("span", { role: "status" })
    this.button = html("button", { type: "button", click: () => this.erase() }, "Erase my progress")
    this.replaceChildren(this.count, this.button)
    this.links = [...document.querySelectorAll("article a.gd-check")]
    this.show()
    this.leaving = new AbortController()
    const { signal } = this.leaving
    addEventListener("storage", () => this.show(), { signal })
    addEventListener("pageshow", () => this.show(), { signal })
  }

  disconnectedCallback() {
    this.leaving.abort()
  }

  show() {
    const names = solved()
    const done = this.links.filter(link => names.has(nameOf(link)))
    for (const { parentNode: cell } of this.links) cell.querySelector(".gd-solved")?.remove()
    for (const { parentNode: cell } of done) mark(cell)
    this.count.textContent = `${done.length} of ${this.links.length} solved`
    this.button.disabled = !names.size
  }

  erase() {
    if (!confirm("Erase which exercises you have solved? This cannot be undone.")) return
    erase()
    this.show()
  }
}

customElements.define("gd-progress", Progress)
