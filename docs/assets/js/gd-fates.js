// <gd-fates>: a map of fates, and below it the descent that the reader picks there.

import { DESCENT_DEFAULTS, DESCENT_FIELDS, DescentView } from "./descent-view.js"
import { Explorable } from "./explorable.js"
import { FateMap, readView } from "./fate-map.js"
import { named } from "./functions.js"

class Fates extends Explorable {
  static fields = { ...DESCENT_FIELDS, view: readView }
  static defaults = { ...DESCENT_DEFAULTS, epochs: 60, right: "estimate" }

  build() {
    const functionOf = state => named(state.function)
    this.map = new FateMap(this, {
      functionOf,
      job: state => ({ name: state.function }),
      worker: () => new Worker(new URL("./fate-worker.js", import.meta.url), { type: "module" }),
    })
    this.view = new DescentView(this)
    this.live.append(this.map.node, this.view.node)
  }

  draw() {
    this.map.draw()
    this.view.draw()
  }

  end() {
    this.map.end()
    this.view.stop()
  }
}

customElements.define("gd-fates", Fates)
