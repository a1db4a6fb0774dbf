// The timeline of vis-timeline without its charts (Graph2d) and its form for trying options, as one file: see README.md
// for the command.
import { readFile } from "node:fs/promises";
import { parse } from "acorn";
import { build } from "esbuild";

const CHARTS = new Set(["Graph2d", "LineGraph", "Legend", "GraphGroup", "Points", "Bargraph", "Line"]);

// The form is made for every timeline, and shown where the option `configure` asks for it, which we never do.
const NO_FORM = "class Configurator { setOptions() {} setModuleOptions() {} }";

// What is assigned to a function of the charts (`Graph2d.prototype.setItems = …`) would keep it in the file.
function changedName(statement) {
  let place = statement.expression?.left;
  while (place?.type === "MemberExpression") place = place.object;
  return place?.name;
}

const withoutCharts = {
  name: "without-charts",
  setup(bundle) {
    bundle.onLoad({ filter: /vis-timeline-graph2d\.mjs$/ }, async ({ path }) => {
      let source = await readFile(path, "utf8");
      const { body } = parse(source, { ecmaVersion: "latest", sourceType: "module" });
      for (const statement of body.toReversed()) {
        const isForm = statement.type === "ClassDeclaration" && statement.id.name === "Configurator";
        if (!isForm && !CHARTS.has(changedName(statement))) continue;
        source = source.slice(0, statement.start) + (isForm ? NO_FORM : "") + source.slice(statement.end);
      }
      return { contents: source, loader: "js" };
    });
  },
};

await build({
  stdin: {
    contents: `
      export { Timeline } from "vis-timeline/esnext";
      export { DataSet } from "vis-data/esnext";
      export { Hammer } from "vis-util/esnext";
      export { default as moment } from "moment";`,
    resolveDir: process.cwd(),
  },
  bundle: true,
  format: "esm",
  legalComments: "inline",
  minify: true,
  outfile: "vis-timeline.min.js",
  plugins: [withoutCharts],
});
