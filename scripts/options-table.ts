// Prints the option table as Markdown.
import { optionTable } from '../src/config/table.ts'

process.stdout.write(optionTable())
