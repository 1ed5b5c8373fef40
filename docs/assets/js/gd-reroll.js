// <gd-reroll>: the lecture's nine runs from nine random starts, drawn again and again,
// and how often they come out in their true order.

import { button, linkButton, typed } from "./controls.js"
import { gradientDescent } from "./descent.js"
import { html } from "./elements.js"
import { Explorable } from "./explorable.js"
import { parabola } from "./functions.js"
import { chance, inOrder, ORDER, place, ranking, RUNS, STARTS } from "./lecture.js"
import { read, text } from "./numbers.js"
import { Plot, svg } from "./plot.js"
import { Generator } from "./random.js"

const MOST = 100000
const FRAMES = 50 // in which the draws of one press appear
const SLICE = 8 // milliseconds of drawing at a time
const COLOURS = ["series1", "series2", "series3"]
const RATES = RUNS.filter(run => run.budget === 0)
const BUDGETS = RUNS.filter(run => run.rate === 0)

/** Numbers of draws at which the running share is drawn, evenly spaced on a log axis. */
const SHOWN = Array.from({ length: 301 }, (_, i) => Math.round(10 ** (i / 60))).filter(
  (n, i, all) => n !== all[i - 1],
)

const listed = names =>
  names.length > 1 ? `runs ${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : `run ${names[0]}`

/** The runs of a draw that end nearer than a truly better one, or as near. */
export function misplaced(ranked) {
  const wrong = []
  for (const [i, { run, end }] of ranked.entries()) {
    const beaten = ranked.slice(i + 1).filter(other => other.run.truth < run.truth)
    const met = ranked.slice(0, i).filter(other => other.end === end)
    const names = all => all.map(other => other.run.truth).sort()
    if (beaten.length) wrong.push({ run, how: "looks better than", others: names(beaten) })
    if (met.length) wrong.push({ run, how: "ties with", others: names(met) })
  }
  return wrong
}

/** What is wrong with a draw, in words. */
export const verdict = wrong =>
  wrong.length
    ? wrong.map(({ run, how, others }) => `run ${run.truth} ${how} ${listed(others)}`).join("; ")
    : "all nine runs are in their true order"

class Reroll extends Explorable {
  static fields = {
    seed: one => read(one, "The seed", { from: 0, to: 100000, whole: true }),
    draws: one => read(one, "The number of draws", { from: 1, to: MOST, whole: true }),
  }
  static defaults = { seed: 0, draws: 1 }

  build() {
    this.left = new Plot("Nine runs from nine random starts", { height: 260 })
    this.right = new Plot("The share of draws in the true order", { height: 260 })
    this.seed = typed(this, "seed", "Seed")
    this.seed.node.addEventListener("input", () => this.message.hidden && this.set({ draws: 1 }))
    this.cells = new Map(RUNS.map(run => [run, html("td")]))
    this.words = html("p", { class: "gd-words" })
    const more = (words, n) =>
      button(words, () => {
        if (this.type("draws", String(this.state.draws + n))) this.pace = Math.ceil(n / FRAMES)
      })
    this.live.append(
      html(
        "div",
        { class: "gd-panels" },
        html("div", { class: "gd-panel" }, this.left.node),
        html("div", { class: "gd-panel" }, this.right.node),
      ),
      html(
        "div",
        { class: "gd-dials" },
        this.#table(),
        html(
          "div",
          {},
          html(
            "div",
            { class: "gd-bar" },
            html(
              "span",
              { class: "gd-buttons" },
              more("Draw nine new starts", 1),
              more("100 times", 100),
              more("1000 times", 1000),
            ),
          ),
          html(
            "div",
            { class: "gd-bar" },
            this.seed.node,
            html(
              "span",
              { class: "gd-buttons" },
              button("Reset", () => this.reset()),
              linkButton(this),
            ),
          ),
        ),
      ),
      this.words,
    )
    this.chance = chance()
    this.drawn = undefined
  }

  /** The nine runs by epochs and rate, with the line and the places of each. */
  #table() {
    const sample = (kind, epochs) => {
      const line = { class: "gd-line", d: "M1 4H29", "data-kind": kind, "data-epochs": epochs }
      return svg("svg", { viewBox: "0 0 30 8", "aria-hidden": true }, svg("path", line))
    }
    return html(
      "table",
      { class: "gd-places" },
      html("caption", {}, "Place from equal starts → in this draw"),
      html(
        "tr",
        {},
        html("th", { scope: "col" }, "Epochs"),
        ...RATES.map(({ lr, rate }) =>
          html("th", { scope: "col" }, sample(COLOURS[rate], 1000), ` LR ${lr}`),
        ),
      ),
      ...BUDGETS.map(({ epochs, budget }) =>
        html(
          "tr",
          {},
          html("th", { scope: "row" }, sample("function", epochs), ` ${epochs}`),
          ...RUNS.filter(run => run.budget === budget).map(run => this.cells.get(run)),
        ),
      ),
    )
  }

  /** Draw on until there are as many draws as the state says: a slice of them a frame. */
  draw() {
    cancelAnimationFrame(this.running)
    const { seed, draws } = this.state
    if (this.drawn?.seed !== seed || this.drawn.right.length - 1 > draws) {
      this.drawn = { seed, random: new Generator(seed), right: [0] }
    }
    const { random, right } = this.drawn
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches
    const until = performance.now() + SLICE
    const goal = still ? draws : Math.min(draws, right.length - 1 + (this.pace ?? MOST))
    while (right.length <= goal) {
      this.drawn.starts = RUNS.map(() => random.integer(STARTS))
      right.push(right.at(-1) + inOrder(this.drawn.starts))
      if (performance.now() > until) break
    }
    const done = right.length > draws
    if (done) this.pace = undefined
    else this.running = requestAnimationFrame(() => this.draw())
    if (done || !still) this.#show()
  }

  #show() {
    const { starts, right } = this.drawn
    const draws = right.length - 1
    const ranked = ranking(starts)
    const wrong = misplaced(ranked)
    this.#runs(starts, wrong)
    this.#share(draws, right)
    for (const [i, { run }] of ranked.entries()) {
      const cell = this.cells.get(run)
      const same = run.truth === i + 1
      cell.textContent = same ? run.truth : `${run.truth} → ${i + 1}`
      cell.classList.toggle("gd-moved", !same)
    }
    this.seed.draw()
    const share = right[draws] / draws
    const spread = Math.sqrt((this.chance * (1 - this.chance)) / draws)
    const words =
      `Draw ${draws} of seed ${this.drawn.seed}: ${verdict(wrong)}. ` +
      `So far ${right[draws]} of ${draws} draws came out in the true order, and in ` +
      `${draws - right[draws]} at least one pair was wrong. The share is ${text(share)}; ` +
      `the exact chance is ${text(this.chance)}, ` +
      `${text(Math.abs(share - this.chance) / spread, 2)} standard errors away.`
    if (this.words.textContent !== words) this.words.textContent = words
    this.say(words)
  }

  #runs(starts, wrong) {
    const { left } = this
    left.begin({ x: [-30, 1030], y: [-2.15, 2.15], xLabel: "Epochs", yLabel: "Estimate of x*" })
    const ends = []
    for (const run of RUNS.toSorted((a, b) => b.epochs - a.epochs)) {
      const path = gradientDescent(parabola.df, place(starts[RUNS.indexOf(run)]), run.lr, run.epochs)
      const key = `run ${run.truth}`
      left.line(key, Array.from(path.keys()), path, COLOURS[run.rate])
      left.put(key, "path", { "data-epochs": run.epochs })
      left.mark(`${key}, end`, run.epochs, path[run.epochs], "disc", COLOURS[run.rate])
      if (wrong.some(one => one.run === run)) ends.push({ run, key, x: run.epochs, y: path[run.epochs] })
    }
    // The runs that look better than they are get their names, none over another.
    let [lane, below] = [0, 0]
    for (const { run, key, x, y } of ends.sort((a, b) => a.x - b.x || b.y - a.y)) {
      if (x !== lane) [lane, below] = [x, 0]
      const up = Math.max(left.y.at(y) - 7, below)
      below = up + 13
      left.note(`${key}, name`, key, left.x.at(x), up, COLOURS[run.rate], { fixed: true, anchor: "middle" })
    }
    left.end()
  }

  #share(draws, right) {
    const { right: plot } = this
    const many = Math.max(1000, 10 ** Math.ceil(Math.log10(draws)))
    plot.begin({
      x: [1, many],
      y: [0, 1],
      xLog: true,
      xLabel: "Draws",
      yLabel: "Share of draws in the true order",
    })
    const ns = SHOWN.filter(n => n <= many)
    const edge = sign => n => {
      const spread = Math.sqrt((this.chance * (1 - this.chance)) / n)
      const share = Math.min(1, Math.max(0, this.chance + sign * 2 * spread))
      return `${plot.x.at(n).toFixed(1)} ${plot.y.at(share).toFixed(1)}`
    }
    const d = `M${[...ns.map(edge(1)), ...ns.toReversed().map(edge(-1))].join("L")}Z`
    plot.put("band", "path", { class: "gd-band", d })
    plot.rule("exact", { y: this.chance }, "exact")
    const before = [...ns.filter(n => n < draws), draws]
    const shares = before.map(n => right[n] / n)
    plot.line("share", before, shares, "path")
    plot.mark("share now", draws, shares.at(-1), "disc", "path")
    const { box } = plot
    const place = { fixed: true, anchor: "end" }
    const line = `line: the exact chance, ${text(this.chance)}`
    plot.note("exact name", line, box.right, box.top + 14, "exact", place)
    plot.note("band name", "band: ± 2 standard errors", box.right, box.top + 30, "band", place)
    plot.end()
  }

  end() {
    cancelAnimationFrame(this.running)
  }
}

customElements.define("gd-reroll", Reroll)
