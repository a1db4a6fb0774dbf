"""The style of a page of plans: light and dark, and for paper."""

STYLE = """
:root { color-scheme: light dark; --page: #fff; --text: #1c2430; --quiet: #566070; --line: #d9dee5; --lane: #f6f8fa;
  --bar: #0f6b4f; --on-bar: #fff; --gap: #b3261e; --gap-lane: #fdecea; }
@media (prefers-color-scheme: dark) { :root { --page: #14181e; --text: #e7ebf0; --quiet: #a5afbd; --line: #333b46;
  --lane: #1b2028; --bar: #6fd3ae; --on-bar: #06281c; --gap: #ff9d94; --gap-lane: #3a1c1a; } }
@media print { :root { color-scheme: light; --page: #fff; --text: #000; --quiet: #444; --line: #bbb; --lane: #f6f8fa;
  --bar: #0f6b4f; --on-bar: #fff; --gap: #b3261e; --gap-lane: #fdecea; }
  .picture { overflow: visible; } .picture svg { min-width: 0; } section, tr { break-inside: avoid; }
  svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
@page { size: landscape; margin: 12mm; }
body { background: var(--page); color: var(--text); font: 14px/1.45 system-ui, sans-serif; margin: 0 auto;
  max-width: 1200px; padding: 16px 24px 48px; }
h1 { font-size: 22px; margin: 8px 0 4px; } h2 { font-size: 18px; margin: 32px 0 8px; }
h3 { font-size: 15px; margin: 24px 0 8px; }
.totals { display: flex; flex-wrap: wrap; gap: 8px 32px; margin: 8px 0; }
.totals div { display: flex; flex-direction: column-reverse; }
.totals dt { color: var(--quiet); font-size: 12px; } .totals dd { font-size: 18px; font-weight: 600; margin: 0; }
.gaps { border-left: 4px solid var(--gap); padding-left: 12px; }
.picture { border: 1px solid var(--line); border-radius: 6px; overflow-x: auto; }
.picture:focus-visible, summary:focus-visible { outline: 2px solid var(--bar); outline-offset: 2px; }
.picture svg { display: block; font: 13px system-ui, sans-serif; height: auto; min-width: 900px; width: 100%; }
.picture svg svg { min-width: 0; }
.lane { fill: var(--page); stroke: var(--line); stroke-width: .5; } .lane.unstaffed { fill: var(--gap-lane); }
.hour { stroke: var(--line); stroke-width: 1; stroke-dasharray: 2 3; }
.tick { fill: var(--quiet); font-size: 11px; font-variant-numeric: tabular-nums; } .name { fill: var(--text); }
.bar { fill: var(--bar); } .bar.unstaffed { fill: var(--page); stroke: var(--gap); stroke-width: 2; }
.label { fill: var(--on-bar); font-size: 12px; } .label.unstaffed { fill: var(--gap); font-weight: 600; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 8px 0; width: 100%; }
caption { color: var(--quiet); padding: 4px 0; text-align: left; }
th, td { border-bottom: 1px solid var(--line); padding: 6px 12px 6px 0; text-align: left; vertical-align: top; }
th { color: var(--quiet); font-weight: 600; } th.number, td.number { text-align: right; }
td.nobody { color: var(--gap); font-weight: 600; } .quiet { color: var(--quiet); }
"""
