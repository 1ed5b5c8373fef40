// The worker of a fate map for the functions of the gallery.

import { serve } from "./fate-work.js"
import { named } from "./functions.js"

serve(job => named(job.name))
