// The worker of fate-worker.js for a formula that the reader typed.

import { functionFrom } from "./expression.js"
import { serve } from "./fate-work.js"

serve(job => functionFrom(job.formula))
