// <gd-descent>: one descent to play with, in place of the figure inside it.

import { DESCENT_FIELDS, DescentView } from "./descent-view.js"
import { Explorable } from "./explorable.js"

class Descent extends Explorable {
  static fields = DESCENT_FIELDS

  build() {
    this.initial = { left: "curve", right: "error", ...this.initial }
    this.state = { ...this.initial }
    this.view = new DescentView(this)
    this.live.append(this.view.node)
  }

  draw() {
    this.view.draw()
  }

  disconnectedCallback() {
    this.view.stop()
    super.disconnectedCallback()
  }
}

customElements.define("gd-descent", Descent)
