#!/usr/bin/env node
// The second name, so that `git sigil verify main` works: the same program.
import './gitsigil.js'
