// A function of Node.js that streams: one line for each order, as it is looked up.

const lookUp = async (number) => {
  if (!(number > 0)) throw new RangeError(`no order ${number}`);
  return { number, currency: process.env.CURRENCY };
};

export const handler = awslambda.streamifyResponse(async (event, stream) => {
  const numbers = (event.queryStringParameters?.numbers ?? "").split(",").map(Number);
  const http = { statusCode: 200, headers: { "content-type": "application/x-ndjson" } };
  const lines = awslambda.HttpResponseStream.from(stream, http);
  for (const number of numbers) {
    lines.write(`${JSON.stringify(await lookUp(number))}\n`);
    console.log("looked up", number);
  }
  lines.end();
});
