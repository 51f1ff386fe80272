// Ask a Pullquote server and read the answer as it comes: fetch and Server-Sent Events, no library.
//   node ask.mjs http://127.0.0.1:8000 "why might killing kingpins backfire?"
const [server, question] = process.argv.slice(2);

async function* events(reply) {
  let text = "";
  for await (const chunk of reply.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) {
      const lines = text.slice(0, end).split("\n").map((line) => line.match(/^(event|data): ?(.*)$/)).filter(Boolean);
      const field = (name) => lines.filter((line) => line[1] === name).map((line) => line[2]).join("\n");
      if (field("data")) yield { event: field("event"), data: JSON.parse(field("data")) };
    }
  }
}

const reply = await fetch(`${server}/v1/chat`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ question }),
});
if (!reply.ok) throw new Error((await reply.json()).detail); // a problem document: type, title, status, detail
for await (const { event, data } of events(reply)) {
  if (event === "quote") console.log(`${data.quote.byline}: “${data.quote.exact}”\n  ${new URL(data.quote.links.reader, server)}`);
  if (event === "error") throw new Error(data.problem.detail);
  if (event === "done" && data.answer.status === "abstained") console.log(data.answer.text);
}
