// Below each program of a page: Run, Edit and what belongs to them. Python, the editor
// and all else are fetched when a button asks for them.

import { drop, fromLink, keep, kept, linkTo } from "./edits.js"
import { html } from "./elements.js"

const scripts = () => Promise.all([import("./python.js"), import("./compare.js")])
const UNFETCHED = "What starts Python could not be fetched. Perhaps this machine is offline; press Run to try again."
const SLOW = 10_000 // ms after which the reader is told that a program can be stopped

class Run extends HTMLElement {
  connectedCallback() {
    this.number = this.getAttribute("program")
    this.id = `program-${this.number}`
    this.block = this.previousElementSibling
    this.original = this.block.querySelector("code").textContent
    const next = this.nextElementSibling
    this.given = next?.matches(".gd-output") ? next : undefined
    const button = (name, press) =>
      // Many programs, many Runs: each says which. What is seen comes first in the name.
      html("button", { type: "button", click: press, "aria-label": `${name}: program ${this.number}` }, name)
    this.runs = button("Run", () => this.run())
    this.stops = button("Stop", () => {
      this.stopping?.abort()
      this.runs.focus() // Stop goes, and the focus must not go with it
    })
    this.edits = button("Edit", () => this.edit())
    this.resets = button("Reset", () => this.reset())
    this.copies = button("Copy", () => this.#copy(this.code, "Copied."))
    this.links = button("Copy link", () => this.share())
    this.bar = html("progress", { "aria-label": "Fetched", hidden: true })
    this.status = html("span", { class: "gd-said", role: "status" })
    this.replaceChildren(
      ...[this.runs, this.stops, this.edits, this.resets, this.copies, this.links],
      this.bar,
      this.status,
    )
    this.#show()
    this.#arrive()
  }

  /** The reader leaves: Python ends, the editor goes, the page is as it was. */
  disconnectedCallback() {
    this.stopping?.abort()
    this.#close()
    this.result?.remove()
    this.python?.end()
    this.replaceChildren()
  }

  /** The program as it stands now. */
  get code() {
    return this.editor ? this.editor.code : this.original
  }

  /** In a notebook a cell goes on from where those above it ended. */
  get above() {
    if (!this.hasAttribute("continues")) return []
    const all = [...document.querySelectorAll("gd-run")]
    return all.slice(0, all.indexOf(this))
  }

  async run() {
    if (this.stopping) return
    const stopping = (this.stopping = new AbortController())
    const { code, above } = this
    const before = above.map(one => `${one.code}\n`).join("")
    this.#say("One moment.")
    this.#show()
    this.#begin()
    let timer
    try {
      const [python, { compare, TOLERANCE }] = await scripts().catch(() => {
        throw new Error(UNFETCHED)
      })
      this.python = python
      const { error, seconds } = await this.python.run(code, {
        before,
        signal: stopping.signal,
        say: (sentence, share) => {
          clearTimeout(timer)
          this.#say(sentence || "Running.", share)
          if (!sentence) timer = setTimeout(() => this.#say("Still running. Stop ends it."), SLOW)
        },
        print: (text, stream) => this.#print(text, stream),
        draw: figure => this.#draw(figure),
      })
      if (error) this.#fail(error)
      const done = error ? "Ended with an error" : "Done"
      const compared = !error && this.given && [this, ...above].every(one => one.code === one.original)
      const verdict = compared
        ? {
            same: "same as above",
            close: `differs in the last digits (${TOLERANCE})`,
            other: "differs from above",
          }[compare(this.given.querySelector("pre").textContent, this.printed)]
        : ""
      this.#say(`${done} after ${seconds.toFixed(seconds < 10 ? 2 : 0)} s${verdict && `: ${verdict}`}.`)
      if (verdict) this.label.textContent += `: ${verdict}`
    } catch (error) {
      if (stopping.signal.aborted) this.#say("Stopped.")
      else this.#say(error.message)
      this.classList.toggle("gd-failed", !stopping.signal.aborted)
    }
    clearTimeout(timer)
    if (this.stopping === stopping) this.stopping = undefined
    if (this.isConnected) this.#show()
  }

  /** Put an editor in the program's place, with the reader's own version if one is kept. */
  async edit(code) {
    try {
      const { edit } = await import("./editor.js")
      if (this.editor || !this.isConnected) return
      const host = html("div", { class: "gd-editor" })
      this.block.hidden = true
      this.block.after(host)
      this.host = host
      this.editor = edit(host, code ?? kept(this.number, this.original) ?? this.original, {
        label: `Program ${this.number}`,
        change: text => keep(this.number, this.original, text),
        run: () => this.run(),
      })
      this.#show()
      this.editor.focus()
    } catch {
      this.#say("The editor could not be fetched. Perhaps this machine is offline; try again.")
    }
  }

  /** The program as the page gives it, and nothing of the reader's. */
  reset() {
    drop(this.number)
    this.stopping?.abort()
    this.#close()
    this.result?.remove()
    this.result = undefined
    this.#say("")
    this.#show()
    this.edits.focus()
  }

  async share() {
    try {
      this.#copy(await linkTo(this.number, this.code), "A link to your program is copied.")
    } catch (error) {
      this.#say(error.message)
    }
  }

  async #copy(text, said) {
    try {
      await navigator.clipboard.writeText(text)
      this.#say(said)
    } catch {
      this.#say("The browser did not allow copying.")
    }
  }

  /** Open what a link carries. It is not run: the reader reads it first. */
  async #arrive() {
    const link = new URLSearchParams(location.search)
    if (link.get("program") !== this.number || !link.has("code")) return
    try {
      const { code } = await fromLink(location.search)
      await this.edit(code)
      this.#say("This program came with the link. Read it before you run it.")
    } catch (error) {
      this.#say(error.message)
    }
    this.scrollIntoView({ block: "center" })
  }

  #close() {
    this.editor?.end()
    this.host?.remove()
    this.editor = this.host = undefined
    this.block.hidden = false
  }

  /** Show the buttons that can be pressed now. */
  #show() {
    const [running, editing] = [Boolean(this.stopping), Boolean(this.editor)]
    this.runs.setAttribute("aria-disabled", running)
    this.stops.hidden = !running
    this.edits.hidden = editing
    const edit = kept(this.number, this.original) === undefined ? "Edit" : "Edit yours"
    this.edits.textContent = edit
    this.edits.setAttribute("aria-label", `${edit}: program ${this.number}`)
    this.resets.hidden = !editing && !this.result
    this.copies.hidden = this.links.hidden = !editing
    if (!running) this.bar.hidden = true
  }

  #say(sentence, share) {
    this.status.textContent = sentence
    this.bar.hidden = share === undefined
    if (share !== undefined) this.bar.value = share
  }

  #begin() {
    this.result?.remove()
    this.classList.remove("gd-failed")
    const name = this.code === this.original ? "Your run" : "Your version"
    this.label = html("p", { class: "gd-output__label" }, name)
    this.result = html("div", { class: "gd-output gd-result", "data-search-exclude": true }, this.label)
    this.printed = ""
  }

  /** Put a part of the result on the page: below what the page itself shows. */
  #add(part) {
    if (!this.result.isConnected) (this.given ?? this).after(this.result)
    this.result.append(part)
  }

  #print(text, stream) {
    if (stream === "out") this.printed += text
    const last = this.result.lastElementChild
    const goesOn = last?.matches("pre") && last.dataset.stream === stream
    if (goesOn) last.append(text)
    else this.#add(html("pre", { tabindex: 0, "data-stream": stream }, text))
  }

  #draw({ light, dark, alt, width, height }) {
    for (const [palette, text] of Object.entries({ light, dark })) {
      const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }))
      const image = html("img", { src: `${url}#only-${palette}`, alt, width, height })
      image.addEventListener("load", () => URL.revokeObjectURL(url), { once: true })
      this.#add(image)
    }
  }

  #fail({ traceback, message, advice }) {
    this.#add(html("pre", { tabindex: 0, "data-stream": "err" }, traceback || message))
    if (advice) this.#add(html("p", {}, advice))
  }
}

customElements.define("gd-run", Run)
