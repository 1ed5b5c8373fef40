// <gd-basin>: a descent with a strip below its curve: where each start would end.

import { Descent } from "./gd-descent.js"
import { Strip } from "./strip.js"

class Basin extends Descent {
  build() {
    super.build()
    this.view.strip = new Strip(this.view.left, this)
  }

  end() {
    this.view.strip.end()
    super.end()
  }
}

customElements.define("gd-basin", Basin)
