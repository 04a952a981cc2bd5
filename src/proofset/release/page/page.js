// The page: panels from `data`, and the table of records. It stands below charts.js in one script.
(() => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const data = read("data");
  const report = data.report;
  const byId = (id) => document.getElementById(id);

  const panel = (title, note, ...parts) =>
    byId("panels").append(html("section", { class: "card" }, html("h2", {}, title), html("p", { class: "note" }, note), ...parts));
  const nothing = (text) => html("p", {}, text);

  const heading = () => {
    const usage = report.usage;
    document.title = `${report.graph} – proofset report`;
    byId("title").textContent = report.graph;
    const parts = (counts) => Object.entries(counts).map(([name, value]) => `${count(value)} ${name}`).join(", ");
    byId("subtitle").textContent =
      `${count(report.slots)} of ${count(report.n)} slots settled, seed ${data.seed}` +
      (data.records ? `; grades: ${parts(data.grades)}; risks: ${parts(data.risks)}` : "; nothing is kept so far");
    const tokens = usage.input_tokens + usage.output_tokens;
    const each = data.per_kept;
    const tiles = [
      [count(report.kept), "records kept"],
      [percent(report.funnel.proposed ? report.kept / report.funnel.proposed : null), "of proposals kept"],
      [count(usage.calls), "model calls"],
      [count(tokens), "tokens"],
      [short(usage.usd), usage.usd === null ? "price unknown" : "US dollars in all"],
      [short(each.calls), "calls per kept record"],
      [each.input_tokens === null ? "–" : `${count(each.input_tokens)} + ${count(each.output_tokens)}`, "tokens in + out per kept record"],
      [short(each.usd), each.usd === null ? "price per kept record unknown" : "US dollars per kept record"],
    ];
    byId("tiles").append(...tiles.map(([value, name]) => html("div", { class: "tile" }, html("b", {}, value), html("span", {}, name))));
  };

  const funnel = () => {
    const first = report.funnel.proposed;
    panel("Funnel", "Attempts that got so far; slots that kept nothing are in it, too.",
      bars(Object.entries(report.funnel).map(([name, value]) => ({
        name, value, told: `${count(value)}${first ? ` · ${percent(value / first)}` : ""}`,
      })), "one"));
  };

  const reasons = () => {
    const entries = Object.entries(report.reasons).map(([name, value]) => ({ name, value })).sort((a, b) => b.value - a.value);
    const rest = entries.slice(11).reduce((sum, one) => sum + one.value, 0);
    const shown = rest ? [...entries.slice(0, 11), { name: `${entries.length - 11} more reasons`, value: rest }] : entries;
    panel("Why attempts were turned down", "By the node that did it, and its reason.",
      shown.length ? bars(shown, "bad") : nothing("No attempt was turned down."));
  };

  const similarity = () => {
    const { bins, threshold, source, measured, of, above, median } = data.similarity;
    const whose = source === "lineage"
      ? "to the nearest known item, as the novelty gate saw it (lineage.similar)"
      : "to the nearest other kept instruction, computed for this page";
    const note = `ROUGE-L F-measure of instructions ${whose}; ${count(measured)} of ${count(of)} records` +
      (measured ? `, median ${median.toFixed(2)}, ${count(above)} above ${threshold}.` : ".");
    panel("Similarity", note, measured
      ? columns({
        name: "similarity", atEdges: true, limit: { share: threshold, text: String(threshold) },
        series: [{ kind: "one", values: bins, told: (place) => `${(place / bins.length).toFixed(2)} – ${((place + 1) / bins.length).toFixed(2)}` }],
        labels: Array.from({ length: bins.length + 1 }, (_, place) => (place % 4 ? "" : (place / bins.length).toFixed(1))),
      })
      : nothing("Fewer than two records are kept."));
  };

  const rounds = () => {
    if (!report.rounds.length) return;
    panel("Complexity by evolution round", "Words of instructions after each round that did not fail; round 0 is what people wrote.",
      key(["one", "mean words"], ["two", "median words"]),
      columns({
        name: "words by round",
        series: [["one", "mean_words"], ["two", "median_words"]].map(([kind, field]) => ({
          kind, values: report.rounds.map((one) => one[field]), told: (place) => `round ${report.rounds[place].round}, ${field.replace("_", " ")}`,
        })),
        labels: report.rounds.map((one) => `${one.round} (${short(one.texts)})`),
      }),
      html("p", { class: "note" }, "In brackets: how many lines came so far. Kept there: " +
        report.rounds.map((one) => `${count(one.kept)} at ${one.round}`).join(", ") + "."));
  };

  const lengths = () => {
    const { edges, synthetic, human, no_seeds: missing } = data.lengths;
    const share = (one) => one.counts.map((value) => (one.texts ? value / one.texts : 0));
    const bin = (place) => (place + 1 < edges.length ? `${edges[place]} – ${edges[place + 1] - 1} words` : `${edges[place]} words or more`);
    const said = (name, one) => `${name}: ${count(one.texts)} texts` + (one.texts ? `, mean ${one.mean.toFixed(1)} words` : "");
    panel("Lengths", "Share of instructions by words: kept ones, and the graph's seeds, which people wrote." + (missing ? ` No seeds: ${missing}` : ""),
      key(["one", said("synthetic", synthetic)], ["two", said("human", human)]),
      synthetic.texts || human.texts
        ? columns({
          name: "lengths", atEdges: true, format: percent,
          series: [["one", "synthetic", synthetic], ["two", "human", human]].map(([kind, name, one]) => ({
            kind, values: share(one), told: (place) => `${name}, ${bin(place)} (${count(one.counts[place])})`,
          })),
          labels: edges.map(String),
        })
        : nothing("There are no texts."));
  };

  const map = () => {
    if (!data.map) return panel("Map by words", "Principal components of word vectors.", nothing("Fewer than two records are kept."));
    const { vectors, explained, kept, seeds } = data.map;
    panel("Map by words",
      `The first two principal components (${explained.map(percent).join(" + ")} of the variance) of ${vectors}: ` +
      "TF-IDF of words, weighed by the seeds. Near means the same words, not the same meaning.",
      key(["one", `kept (${count(kept.length)} of ${count(data.records)})`], ["two", `seeds (${count(seeds.length)})`]), scatter(data.map, (row) => rows().text[row]));
  };

  const diversity = () => {
    if (!data.diversity) return panel("Diversity over time", "By tenths of the run.", nothing("Fewer than ten records are kept."));
    const { records, compared, parts, left_over: left } = data.diversity;
    const labels = parts.map((_, place) => String(place + 1));
    panel("Diversity over time",
      `By tenths of the run, ${count(records)} records each` + (compared < records ? `, ${count(compared)} of them compared` : "") +
      (left ? `; the last ${count(left)} are in none` : "") + (compared < 30 ? ". So few texts tell little." : "."),
      html("h3", {}, "distinct-2: share of pairs of words that are new, on equally many pairs"),
      line(parts.map((one) => one.distinct_2), labels, "one", "distinct-2"),
      html("h3", {}, `Vendi score by words: effective number of different texts, of ${count(compared)}`),
      line(parts.map((one) => one.vendi), labels, "two", "Vendi"));
  };

  const judge = () => {
    const { opinions, scores, self_agreement: agreement } = data.judge;
    if (!opinions) return panel("Judge", "Scores and self-agreement.", nothing("No opinion of a judge is in this run."));
    const kinds = ["one", "two", "bad"];
    const names = Object.keys(scores).slice(0, 3);
    const parts = [];
    if (names.length) {
      parts.push(key(...names.map((name, place) => [kinds[place], name])), columns({
        name: "scores", labels: ["1", "2", "3", "4", "5"],
        series: names.map((name, which) => ({ kind: kinds[which], values: scores[name], told: (place) => `${name} ${place + 1}` })),
      }));
    }
    parts.push(html("h3", {}, "Self-agreement: share of pairs of samples that decide alike"));
    parts.push(agreement.measured
      ? columns({
        name: "self-agreement", atEdges: true, labels: Array.from({ length: 11 }, (_, place) => (place % 2 ? "" : (place / 10).toFixed(1))),
        series: [{ kind: "one", values: agreement.bins, told: (place) => `${place / 10} – ${(place + 1) / 10}` }],
      })
      : nothing("The judge was asked once for each candidate: there is none."));
    panel("Judge", `${count(opinions)} opinions on records and rejected candidates; scores of 1 to 5.`, ...parts);
  };

  const canaries = () => {
    const rows = [];
    const row = (name, one, bound) => rows.push([name, count(one.canaries), count(one.false_accepts), bound]);
    const of = (name, one) => {
      const came = "in_run" in one ? ` (${count(one.in_run)} in the run, ${count(one.topped_up)} topped up)` : "";
      row(`${name}${came}`, one, percent(one.bound_95));
      for (const [kind, counts] of Object.entries(one.kinds)) row(`· ${kind}`, counts, percent(counts.bound_95));
      for (const [grade, counts] of Object.entries(one.grades || {})) row(`· made of ${grade}`, counts, percent(counts.bound_95));
    };
    for (const one of data.judge.canaries) of(`judge ${one.judge}`, one);
    for (const one of data.judge.audit ? data.judge.audit.verifiers : []) of(one.verifier, one);
    const missing = [
      ...(data.judge.canaries.length ? [] : ["the judge was shown none"]),
      ...(data.judge.audit ? [] : ["the hard verifiers were shown none (proofset audit)"]),
    ];
    panel("Canaries", "Candidates that are known to be wrong, and how many were accepted; the bound is Clopper and Pearson's, one-sided, at 95 %." +
      (missing.length ? ` Not measured: ${missing.join("; ")}.` : ""),
      rows.length
        ? html("div", { class: "scroll" }, tableOf([["verifier, kind, grade of what was made wrong"], ["canaries", "n"], ["accepted", "n"], ["at most", "n"]], rows))
        : nothing("No canary was counted."));
  };

  const cells = (heads, values) =>
    values.map((value, place) => html("td", heads[place][1] ? { class: heads[place][1] } : {}, value));
  const headOf = (heads) => html("tr", {}, ...heads.map(([name, kind]) => html("th", kind ? { class: kind } : {}, name)));
  const tableOf = (heads, rows) =>
    html("table", {}, html("thead", {}, headOf(heads)), html("tbody", {}, ...rows.map((row) => html("tr", {}, ...cells(heads, row)))));

  const yields = () => {
    const heads = [["name"], ["attempts", "n"], ["kept", "n"], ["yield (95 %)", "n"], ["calls", "n"], ["tokens", "n"], ["USD per kept", "n"], ["turned down most by"]];
    const most = 200;
    const show = () => {
      const names = report.by[byId("part").value] || [];
      byId("yield-rows").replaceChildren(...names.slice(0, most).map((one) => {
        const reason = Object.entries(one.reasons)[0];
        return html("tr", {}, ...cells(heads, [
          cut(one.name, 160), count(one.attempts), count(one.kept),
          `${percent(one.share)} (${percent(one.interval[0])} – ${percent(one.interval[1])})`, count(one.usage.calls),
          count(one.usage.input_tokens + one.usage.output_tokens), short(one.usd_per_kept), reason ? `${reason[0]} (${count(reason[1])})` : "",
        ]));
      }));
      if (names.length > most) {
        byId("yield-rows").append(html("tr", {}, html("td", { colspan: heads.length }, `… and ${count(names.length - most)} more: proofset report --json has all`)));
      }
    };
    byId("yield-head").append(headOf(heads));
    for (const [part, names] of Object.entries(report.by)) {
      if (names.length) byId("part").append(html("option", { value: part }, `${part} (${count(names.length)})`));
    }
    byId("part").addEventListener("change", show);
    show();
  };

  let columnsRead = null;
  const rows = () => (columnsRead = columnsRead || read("rows"));
  const named = (column, row) => column.names[column.of[row]];
  const pieces = new Map();
  const wholeOf = (row) => {
    const { piece, detailed } = data.table;
    if (row >= detailed) return null;
    const number = Math.floor(row / piece);
    if (!pieces.has(number)) pieces.set(number, read(`piece-${number}`));
    return pieces.get(number)[row % piece];
  };

  const block = (title, text) => (text ? [html("h3", {}, title), html("pre", {}, text)] : []);
  const folded = (title, value) =>
    value && Object.keys(value).length ? html("details", {}, html("summary", {}, title), html("pre", {}, JSON.stringify(value, null, 1))) : null;

  const evidence = (title, verdict) => [
    html("h3", {}, `${title}: ${verdict.decision}${verdict.grade ? `, ${verdict.grade}` : ""}${verdict.reason ? ` – ${verdict.reason}` : ""}`),
    html("table", {}, html("thead", {}, headOf([["outcome"], ["kind"], ["check"], ["basis"], ["claim, and what ran"]])),
      html("tbody", {}, ...(verdict.evidence || []).map((one) => html("tr", {},
        html("td", { class: ["pass", "fail"].includes(one.outcome) ? one.outcome : "inconclusive" }, one.outcome),
        html("td", {}, one.kind), html("td", {}, one.check), html("td", {}, one.basis),
        html("td", {}, one.claim, folded("inputs", one.inputs), folded("observed", one.observed), folded("versions", one.versions)))))),
  ];

  const details = (row) => {
    const record = wholeOf(row);
    const { id, text } = rows();
    if (!record) {
      return [html("p", {}, `${id[row]}: ${text[row]}`),
        html("p", { class: "note" }, `The page holds the first ${count(data.table.detailed)} records whole; proofset trace ${id[row]} DIR tells this one's history.`)];
    }
    const { ancestors = [], ...lineage } = record.lineage;
    return [
      html("h3", {}, record.id),
      ...block("instruction", record.instruction), ...block("input", record.input), ...block("output", record.output),
      ...block("rejected", record.rejected), ...block("answer", record.answer ? JSON.stringify(record.answer, null, 1) : ""),
      ...block("tests", (record.tests || []).join("\n")),
      ...evidence("verdict", record.verdict),
      ...(record.traces || []).flatMap((one, place) => [
        ...evidence(`solution ${place + 1}, by ${one.basis}`, one.verdict), html("details", {}, html("summary", {}, "solution"), html("pre", {}, one.output))]),
      ...ancestors.flatMap((one, place) => block(`ancestor, round ${place}`, one)),
      ...block("lineage", JSON.stringify(lineage, null, 1)),
      ...block("scores and cost", JSON.stringify({ scores: record.scores || {}, cost: record.cost || {} }, null, 1)),
    ];
  };

  const browse = () => {
    const SHOWN = 50;
    const { id, slot, text, tokens, grade, risk, topic, operators } = rows();
    let found = null;
    let haystack = null;
    let first = 0;
    const size = () => (found ? found.length : id.length);
    const rowOf = (place) => {
      const row = found ? found[place] : place;
      const open = html("button", { class: "open", type: "button", "aria-expanded": "false" }, text[row] || "(no words)");
      const line = html("tr", {}, html("td", { class: "n" }, String(slot[row])), html("td", {}, open),
        ...[grade, risk, topic, operators].map((column) => html("td", {}, cut(named(column, row), 80))),
        html("td", { class: "n" }, count(tokens[row])));
      let below = null;
      open.addEventListener("click", () => {
        if (below) {
          below.remove();
          below = null;
        } else {
          below = html("tr", { class: "details" }, html("td", { colspan: 7 }, ...details(row)));
          line.after(below);
        }
        open.setAttribute("aria-expanded", String(below !== null));
      });
      return line;
    };
    const show = () => {
      const last = Math.min(size(), first + SHOWN);
      byId("rows-shown").replaceChildren(...Array.from({ length: last - first }, (_, place) => rowOf(first + place)));
      byId("where").textContent = size() ? `${count(first + 1)} – ${count(last)} of ${count(size())}` : "none";
      byId("before").disabled = first === 0;
      byId("after").disabled = last >= size();
    };
    const search = () => {
      const words = byId("find").value.toLowerCase().split(/\s+/).filter(Boolean);
      const wanted = byId("grade").value;
      haystack = haystack || id.map((one, row) => [one, text[row], named(topic, row), named(operators, row), named(risk, row)].join("\n").toLowerCase());
      found = words.length || wanted
        ? id.map((_, row) => row).filter((row) => (!wanted || named(grade, row) === wanted) && words.every((word) => haystack[row].includes(word)))
        : null;
      first = 0;
      show();
    };
    let waiting = 0;
    byId("find").addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(search, 120);
    });
    byId("grade").append(...grade.names.map((name) => html("option", { value: name }, name)));
    byId("grade").addEventListener("change", search);
    byId("before").addEventListener("click", () => { first = Math.max(0, first - SHOWN); show(); });
    byId("after").addEventListener("click", () => { first += SHOWN; show(); });
    const { detailed } = data.table;
    byId("table-note").textContent = "Click an instruction for its evidence and lineage." +
      (detailed < id.length ? ` The first ${count(detailed)} of ${count(id.length)} records are here whole; proofset trace tells of the others.` : "");
    show();
  };

  for (const draw of [heading, funnel, reasons, similarity, rounds, lengths, map, diversity, judge, canaries, yields, browse]) draw();
  document.documentElement.dataset.drawn = "yes";
})();
