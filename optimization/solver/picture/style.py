"""The style of a page of plans: light and dark, and for paper.

The colours are those of `static/console/palette.css`, repeated here because the page is one file.
"""

from collections.abc import Mapping

LIGHT: Mapping[str, str] = {
    "--c-page": "#fff",
    "--c-sunken": "oklch(98.5% .002 247.8)",
    "--c-line": "oklch(92.8% .006 264.5)",
    "--c-text": "oklch(32% .034 258)",
    "--c-text-strong": "oklch(21% .034 264.7)",
    "--c-text-soft": "oklch(50% .03 257)",
    "--c-accent": "oklch(50.8% .118 165.6)",
    "--c-on-accent": "#fff",
    "--c-focus": "oklch(54.6% .2 262.9)",
    "--c-danger": "oklch(50.5% .213 27.5)",
    "--c-danger-soft": "oklch(95.5% .025 17.6)",
}
DARK: Mapping[str, str] = {
    "--c-page": "oklch(21% .034 264.7)",
    "--c-sunken": "oklch(24% .034 262)",
    "--c-line": "oklch(31% .033 257)",
    "--c-text": "oklch(87.2% .01 258.3)",
    "--c-text-strong": "oklch(96.7% .003 264.5)",
    "--c-text-soft": "oklch(74% .02 261)",
    "--c-accent": "oklch(76% .15 163)",
    "--c-on-accent": "oklch(18% .03 170)",
    "--c-focus": "oklch(75% .14 254)",
    "--c-danger": "oklch(76% .14 22)",
    "--c-danger-soft": "oklch(31% .075 23)",
}


def _declared(colours: Mapping[str, str]) -> str:
    return " ".join(f"{name}: {colour};" for name, colour in colours.items())


STYLE = (
    f":root {{ color-scheme: light dark; {_declared(LIGHT)} }}\n"
    f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {_declared(DARK)} }} }}"
    """
@media print { :root { color-scheme: light; } .picture { overflow: visible; } .picture svg { min-width: 0; }
  :is(.picture, .gaps, tr) { break-inside: avoid; } :is(h2, h3, .picture, caption) { break-after: avoid; }
  svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
@page { size: landscape; margin: 12mm; }
body { background: var(--c-page); color: var(--c-text); font: 14px/20px Inter, system-ui, sans-serif; margin: 0 auto;
  max-width: 1200px; padding: 16px 24px 48px; }
h1, h2, h3 { color: var(--c-text-strong); font-weight: 600; }
h1 { font-size: 20px; line-height: 28px; margin: 8px 0 4px; }
h2 { font-size: 18px; line-height: 24px; margin: 32px 0 8px; }
h3 { font-size: 16px; line-height: 24px; margin: 24px 0 8px; }
.totals { display: flex; flex-wrap: wrap; gap: 8px; margin: 8px 0; }
.totals div { border: 1px solid var(--c-line); border-radius: 6px; display: flex; flex-direction: column-reverse;
  min-width: 8rem; padding: 6px 12px; }
.totals dt { color: var(--c-text-soft); font-size: 12px; line-height: 16px; }
.totals dd { color: var(--c-text-strong); font-size: 20px; font-variant-numeric: tabular-nums; font-weight: 600;
  line-height: 28px; margin: 0; }
.gaps { background: color-mix(in oklch, var(--c-danger-soft) 60%, transparent); border-left: 3px solid var(--c-danger);
  border-radius: 6px; margin-top: 16px; padding: 8px 12px; }
.gaps table { margin-top: 0; } .gaps h3 { color: var(--c-danger); margin: 0 0 4px; }
.gaps :is(.quiet, caption, th) { color: var(--c-text); }
.gaps :is(th, td) { border-color: color-mix(in oklch, var(--c-danger) 25%, transparent); }
.picture, .wide { border: 1px solid var(--c-line); border-radius: 6px; overflow-x: auto; }
.wide { border: 0; }
:is(.picture, .wide):focus-visible, summary:focus-visible { outline: 2px solid var(--c-focus); outline-offset: 2px; }
.picture svg { display: block; font: 13px Inter, system-ui, sans-serif; height: auto; min-width: 900px; width: 100%; }
.picture svg svg { min-width: 0; }
.lane { fill: var(--c-page); stroke: var(--c-line); stroke-width: .5; } .lane.unstaffed { fill: var(--c-danger-soft); }
.hour { stroke: var(--c-line); stroke-width: 1; stroke-dasharray: 2 3; }
.tick { fill: var(--c-text-soft); font-size: 11px; font-variant-numeric: tabular-nums; }
.name { fill: var(--c-text-strong); }
.bar { fill: var(--c-accent); } .bar.unstaffed { fill: var(--c-page); stroke: var(--c-danger); stroke-width: 2; }
.label { fill: var(--c-on-accent); font-size: 12px; } .label.unstaffed { fill: var(--c-danger); font-weight: 600; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin: 8px 0; width: 100%; }
caption { color: var(--c-text-soft); padding: 4px 0; text-align: left; }
th, td { border-bottom: 1px solid var(--c-line); padding: 7px 16px 8px 0; text-align: left; vertical-align: top; }
th { color: var(--c-text-soft); font-size: 12px; font-weight: 600; } th.number, td.number { text-align: right; }
td.number { white-space: nowrap; } td.time { white-space: nowrap; }
td.nobody { color: var(--c-danger); font-weight: 600; } .quiet { color: var(--c-text-soft); }
"""
)
