// <gd-descent>: one descent to play with, in place of the figure inside it.

import { DESCENT_DEFAULTS, DESCENT_FIELDS, DescentView } from "./descent-view.js"
import { Explorable } from "./explorable.js"
import { named } from "./functions.js"

export class Descent extends Explorable {
  static fields = DESCENT_FIELDS
  static defaults = DESCENT_DEFAULTS

  build() {
    const domain = this.getAttribute("domain")?.split(" ").map(Number)
    const own = domain && { ...named(this.initial.function), domain }
    this.view = new DescentView(this, {
      functionOf: ({ function: name }) => (name === own?.name ? own : named(name)),
      formula: this.hasAttribute("formula"),
      steps: this.hasAttribute("steps"),
    })
    this.live.append(this.view.node)
  }

  draw() {
    this.view.draw()
  }

  end() {
    this.view.stop()
  }
}

customElements.define("gd-descent", Descent)
