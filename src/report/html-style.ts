// How the page looks, by day and by night. It stands in the page, whose policy allows it by its hash.
export const STYLE = `
:root {
  --back: #f6f7f9; --card: #fff; --ink: #1b1f24; --quiet: #57606a; --line: #d5dae1; --focus: #0a58ca;
  --good: #12683a; --good-back: #dcf3e4; --fair: #7a4d00; --fair-back: #fdeec9; --bad: #a3182a; --bad-back: #fde3e5;
  --plain: #3f4a57; --plain-back: #e6eaef; --bar: #2b7d52; --doubt: #b3730a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #111418; --card: #1a1f25; --ink: #e6e9ed; --quiet: #a3adb8; --line: #323a44; --focus: #7cb2ff;
    --good: #7fdca4; --good-back: #153524; --fair: #f2c96b; --fair-back: #3b2f10; --bad: #ff9aa4; --bad-back: #451a20;
    --plain: #c3ccd6; --plain-back: #2a323b; --bar: #57b986; --doubt: #d9a13a;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 84rem; margin: 0 auto; padding: 1.5rem 1.25rem 3rem; }
h1 { font-size: 1.45rem; margin: 0 0 .75rem; overflow-wrap: anywhere; }
h2 { font-size: 1.05rem; margin: 0 0 .75rem; }
header, section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.1rem 1.25rem; margin-bottom: 1rem; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .6rem 1.5rem; margin: 0; }
dt { color: var(--quiet); font-size: .82rem; }
dd { margin: 0; overflow-wrap: anywhere; }
code, .id { font: .9em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.id { display: inline-block; max-width: 14ch; overflow: hidden; white-space: nowrap; text-overflow: clip; vertical-align: text-bottom; user-select: all; }
.badge { display: inline-block; border-radius: 6px; padding: .05rem .5rem; font-size: .85em; font-weight: 600; white-space: nowrap; }
.good, .allowed, .exempt { color: var(--good); background: var(--good-back); }
.unknown, .verified, .warning { color: var(--fair); background: var(--fair-back); }
.bad, .refused, .rejected, .fault { color: var(--bad); background: var(--bad-back); }
.unsigned, .foreign { color: var(--plain); background: var(--plain-back); }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(7rem, 1fr)); gap: .6rem; }
.tile { border: 2px solid transparent; border-radius: 10px; padding: .5rem .9rem; font: inherit; cursor: pointer; text-align: left; }
.tile b { display: block; font-size: 1.5rem; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tile[aria-pressed=true] { border-color: currentColor; }
.note { color: var(--quiet); font-size: .85rem; margin: .6rem 0 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 600; }
thead th { color: var(--quiet); font-size: .82rem; border-bottom: 1px solid var(--line); padding: .3rem .6rem .3rem 0; white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; padding-right: 0; white-space: nowrap; }
.lanes th[scope=row] { width: 22rem; min-width: 11rem; font-weight: 500; padding: .3rem 1rem .3rem 0; overflow-wrap: anywhere; line-height: 1.25; }
.lanes small { display: block; color: var(--quiet); font-weight: 400; }
.lanes th[scope=row] span, .lanes th small { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; }
.lanes td { padding: .3rem 0; } .lanes td.number { padding-left: 1rem; }
.lanes tbody tr + tr { border-top: 1px solid var(--line); }
.axis span:last-child { float: right; }
svg { display: block; width: 100%; min-width: 16rem; height: 1.75rem; background: var(--back); border-radius: 4px; }
rect { fill: var(--bar); } .doubt rect { fill: var(--doubt); } small.doubt { color: var(--fair); }
.controls { display: flex; flex-wrap: wrap; align-items: center; gap: .6rem; margin-bottom: .75rem; }
#search { flex: 1 1 16rem; max-width: 32rem; font: inherit; color: inherit; background: var(--back); border: 1px solid var(--line); border-radius: 8px; padding: .4rem .7rem; }
#status { color: var(--quiet); margin: 0; font-variant-numeric: tabular-nums; }
.places { table-layout: fixed; min-width: 62rem; }
.places td { border-bottom: 1px solid var(--line); padding: .4rem .6rem .4rem 0; vertical-align: top; overflow-wrap: anywhere; }
.places small { color: var(--quiet); }
.places th:nth-child(1) { width: 8.5rem; } .places th:nth-child(2) { width: 11.5rem; } .places th:nth-child(5) { width: 9.5rem; }
noscript .places th:nth-child(2) { width: 26rem; }
thead button { all: unset; cursor: pointer; } thead button::after { content: ''; padding-left: .3rem; }
[aria-sort=ascending] button::after { content: '\\2191'; } [aria-sort=descending] button::after { content: '\\2193'; }
nav { display: flex; gap: .6rem; margin-top: .9rem; }
nav button { font: inherit; color: inherit; background: var(--back); border: 1px solid var(--line); border-radius: 8px; padding: .35rem .9rem; cursor: pointer; }
nav button:disabled { opacity: .45; cursor: default; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
@media print { .controls, nav { display: none; } header, section { break-inside: avoid; } }
`
