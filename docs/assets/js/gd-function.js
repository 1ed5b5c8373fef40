// <gd-function>: a function that the reader writes, compared with that of the solution.

import { drop, keep, kept } from "./edits.js"
import { html } from "./elements.js"
import { exercise, nudge, recall, settle } from "./progress.js"

class Written extends HTMLElement {
  right = false

  connectedCallback() {
    recall(this)
    const button = (name, click) => html("button", { type: "button", click }, name)
    this.opens = button("Write it here", () => this.open())
    this.checks = button("Check", () => this.check())
    this.stops = button("Stop", () => this.stopping?.abort())
    this.resets = button("Start again", () => this.reset())
    this.said = html("span", { class: "gd-said", role: "status" })
    this.host = html("div")
    this.details = html("div")
    const bar = html("div", { class: "gd-write" }, this.opens, this.checks, this.stops, this.resets, this.said)
    this.made = [this.host, bar, this.details]
    this.append(...this.made)
    this.show()
  }

  /** The reader leaves: the editor goes, and Python ends. */
  disconnectedCallback() {
    this.stopping?.abort()
    this.editor?.end()
    this.editor = undefined
    this.python?.end()
    for (const one of this.made) one.remove()
  }

  get name() {
    return this.getAttribute("name")
  }

  /** Where the reader's version is kept. */
  get place() {
    return `function ${this.name}`
  }

  /** The program of the solution that holds the function. */
  get solution() {
    const codes = exercise(this).nodes.flatMap(one => [...one.querySelectorAll(".highlight code")])
    return codes.map(code => code.textContent).find(code => code.includes(`def ${this.theirs}(`))
  }

  get theirs() {
    return this.getAttribute("theirs") ?? this.name
  }

  /** What the reader begins with: the first line, or the function that is to be mended. */
  get stub() {
    const part = this.theirs === this.name ? /\([^]*?\):(?=\n)/ : /\([^]*?\n(?=\n\n|\S)/
    const start = this.solution.indexOf(`def ${this.name}(`)
    const text = this.solution.slice(start)
    const stub = text.slice(0, part.exec(text).index) + part.exec(text)[0]
    return this.theirs === this.name ? `${stub}\n    ...\n` : stub
  }

  async open() {
    this.say("", "One moment.")
    try {
      const { edit } = await import("./editor.js")
      if (this.editor || !this.isConnected) return
      this.editor = edit(this.host, kept(this.place, this.stub) ?? this.stub, {
        label: `Your function ${this.name}`,
        change: code => {
          this.say("")
          keep(this.place, this.stub, code)
        },
        run: () => this.check(),
      })
      this.say("")
      this.show()
      this.editor.focus()
    } catch {
      this.say("wrong", "The editor could not be fetched. Perhaps this machine is offline; try again.")
    }
  }

  reset() {
    this.stopping?.abort()
    drop(this.place)
    this.editor.code = this.stub
    this.say("")
    this.editor.focus()
  }

  async check() {
    if (this.stopping) return
    const stopping = (this.stopping = new AbortController())
    this.say("", "One moment.")
    this.show()
    try {
      const [python, { judge, MARK }] = await Promise.all([import("./python.js"), import("./judge.js")])
      this.python = python
      const { name, theirs } = this
      const [cases, within] = ["cases", "within"].map(one => this.getAttribute(one))
      let text = ""
      const { error } = await python.run(judge(this.solution, this.editor.code, { name, theirs, cases, within }), {
        signal: stopping.signal,
        say: sentence => this.say("", sentence || "Checking."),
        print: (more, stream) => {
          if (stream === "out") text += more
        },
      })
      if (error) this.say("wrong", error.advice || error.message)
      else this.tell(text, MARK)
    } catch (error) {
      const failed = error.message?.replace("Press Run", "Press Check")
      this.say("wrong", stopping.signal.aborted ? "Stopped." : failed)
    }
    this.stopping = undefined
    if (!this.isConnected) return
    const stopped = document.activeElement === this.stops
    this.show()
    if (stopped) this.checks.focus() // its own button is gone
  }

  /** Say what the comparison found, and show what the reader's program printed. */
  tell(text, mark) {
    const at = text.lastIndexOf(mark)
    if (at < 0) return this.say("wrong", "Your program printed more than fits here. Print less, and check again.")
    const found = JSON.parse(text.slice(at + 1))
    const { name } = this
    if (found.right) {
      this.right = true
      const more = settle(this) ? " Compare your way with the solution." : ""
      this.say("right", `Right in all ${found.right} cases.${more}`)
    } else if (found.missing) this.say("wrong", `Not yet. Your program has no function ${name}.`)
    else if ("stopped" in found) {
      this.say("wrong", found.stopped ? `Not yet. ${found.stopped} ends with an error.` : "Not yet. Your program ends with an error.")
      this.add("Your error", found.traceback)
    } else {
      const about = found.changed ? "right, but it changes what it was given." : "is not what it should be."
      this.say("wrong", `Not yet. One case ${about} `, ...nudge(this).slice(1))
      const [first, second] = found.changed
        ? ["afterwards: ", found.changed]
        : ["gives:    ", `${found.got}\nexpected: ${found.expected}`]
      this.add("The case", `${found.case}\n${first}${second}`)
    }
    if (at > 0) this.add("You printed", text.slice(0, at))
  }

  add(label, text) {
    this.details.append(
      html("div", { class: "gd-output" },
        html("p", { class: "gd-output__label" }, label),
        html("pre", { tabindex: 0 }, text),
      ),
    )
  }

  say(state, ...words) {
    this.dataset.state = state
    this.details.replaceChildren()
    this.said.replaceChildren(...words)
  }

  /** Show the buttons that can be pressed now. */
  show() {
    const [running, editing] = [Boolean(this.stopping), Boolean(this.editor)]
    this.opens.hidden = editing
    this.checks.hidden = this.resets.hidden = !editing
    this.checks.setAttribute("aria-disabled", running)
    this.stops.hidden = !running
  }
}

customElements.define("gd-function", Written)
