// The runtime of functions in JavaScript: from the Runtime API to the handler and back.
//
// It runs on Node.js 18 and later, in a process that has nothing of this package but this file, and behaves like AWS's
// own runtime client: https://github.com/aws/aws-lambda-nodejs-runtime-interface-client.

import { Buffer } from "node:buffer";
import fs from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import path from "node:path";
import { Writable } from "node:stream";
import { pathToFileURL } from "node:url";
import util from "node:util";

const ROOT = "/2018-06-01/runtime/";
const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");
const REQUEST_ID = Symbol.for("aws.lambda.runtime.requestId");
const TENANT_ID = Symbol.for("aws.lambda.runtime.tenantId");
const HTTP_INTEGRATION = "application/vnd.awslambda.http-integration-response";
const ERROR_TYPE = "Lambda-Runtime-Function-Error-Type";
const ERROR_BODY = "Lambda-Runtime-Function-Error-Body";
const NAMES = Symbol("names");
const MAX_NAMES = 200;
// https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html: from nodejs24.x on there are no callbacks.
const hasCallbacks = !(/nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV)?.[1] >= 24);
const NO_CALLBACKS =
  "ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to " +
  "modify this function to use a supported handler signature to use Node.js 24 or later. For more information see " +
  "https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html.";

// Errors by the names that Lambda has for them.

const errorNamed = (name) => {
  const named = { [name]: class extends Error {} }[name];
  named.prototype.name = `Runtime.${name}`;
  return named;
};
const ImportModuleError = errorNamed("ImportModuleError");
const HandlerNotFound = errorNamed("HandlerNotFound");
const MalformedHandlerName = errorNamed("MalformedHandlerName");
const MalformedStreamingHandler = errorNamed("MalformedStreamingHandler");
const UserCodeSyntaxError = errorNamed("UserCodeSyntaxError");
const InvalidStreamingOperation = errorNamed("InvalidStreamingOperation");
const CallbackHandlerDeprecated = errorNamed("CallbackHandlerDeprecated");
const NodeJsExit = errorNamed("NodeJsExit");
const UnhandledPromiseRejection = errorNamed("UnhandledPromiseRejection");

/** What is posted for a value that was thrown. */
function posted(error) {
  try {
    const named = error?.name && error.message && error.stack;
    if (util.types.isNativeError(error) || named) {
      return { errorType: error.name, errorMessage: error.message, trace: error.stack.split("\n") };
    }
    return { errorType: typeof error, errorMessage: error.toString(), trace: [] };
  } catch {
    return {
      errorType: "handled",
      errorMessage:
        "callback called with Error argument, but there was a problem while retrieving one or more of its message, " +
        "name, and stack",
    };
  }
}

const asError = (value) => (value instanceof Error ? value : new Error(value));

// The log.

const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
const inJson = process.env.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === "JSON";

/** Write to the log's pipe, which may be full, and may not wait by itself. */
function writeWhole(data) {
  for (let at = 0; at < data.length; ) {
    try {
      at += fs.writeSync(1, data, at);
    } catch (error) {
      if (error.code !== "EAGAIN") return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

/** One event of the log, in a frame that says where it ends. */
function writeFrame(message) {
  const data = Buffer.from(message, "utf8");
  const head = Buffer.alloc(16);
  head.writeUInt32BE(inJson ? 0xa55a0002 : 0xa55a0003, 0);
  head.writeUInt32BE(data.length, 4);
  head.writeBigInt64BE(BigInt(Date.now()) * 1000n, 8);
  writeWhole(Buffer.concat([head, data]));
}

const described = (error) => ({
  errorType: error?.constructor?.name ?? "UnknownError",
  errorMessage: error.message,
  stackTrace: typeof error.stack === "string" ? error.stack.split("\n") : error.stack,
});

function jsonLine(level, values) {
  const ids = { requestId: globalThis[REQUEST_ID], tenantId: globalThis[TENANT_ID] };
  const line = { timestamp: new Date().toISOString(), level, ...ids };
  if (values.length === 1) {
    try {
      const errors = (_, value) => (value instanceof Error ? { ...described(value), ...value } : value);
      return JSON.stringify({ ...line, message: values[0] }, errors);
    } catch {
      return JSON.stringify({ ...line, message: util.format(values[0]) });
    }
  }
  const error = values.find((value) => value instanceof Error);
  return JSON.stringify({ ...line, message: util.format(...values), ...(error && described(error)) });
}

const textLine = (level, values) =>
  `${new Date().toISOString()}\t${globalThis[REQUEST_ID]}\t${level}\t${util.format(...values)}`;

function patchConsole() {
  delete process.env._LAMBDA_TELEMETRY_LOG_FD;
  const lowest = LEVELS.indexOf(process.env.AWS_LAMBDA_LOG_LEVEL?.toUpperCase());
  for (const [rank, level] of LEVELS.entries()) {
    const write = (...values) => writeFrame(`${(inJson ? jsonLine : textLine)(level, values)}\n`);
    console[level.toLowerCase()] = rank >= lowest || level === "FATAL" ? write : () => {};
  }
  console.log = console.info;
}

/** FunctionLog what ended an invocation; `JSON.stringify` alone leaves out what errors have on their prototypes. */
function logError(title, value) {
  const error = asError(value);
  if (inJson) {
    console.error(error);
    return;
  }
  const whole = (_, each) => {
    if (!(each instanceof Error)) return each;
    const fields = { errorType: each.name, errorMessage: each.message, code: each.code, ...each };
    return typeof each.stack === "string" ? { ...fields, stack: each.stack.split("\n") } : fields;
  };
  try {
    console.error(title, `\t${JSON.stringify(error, whole)}`);
  } catch {
    console.error(title, `\t${JSON.stringify(posted(error))}`);
  }
}

// The Runtime API.

/** A connection that is kept open; it holds the process only while it waits for a response. */
class RuntimeClient {
  constructor(address) {
    const [host, port] = address.split(":");
    this.address = address;
    this.received = Buffer.alloc(0);
    this.waiting = null;
    this.socket = net.connect({ host, port: Number(port), noDelay: true });
    this.socket.on("data", (data) => this.receive(data));
    for (const event of ["close", "end", "error"]) this.socket.on(event, () => process.exit(1));
  }

  /** The headers and the body of the next invocation. */
  next() {
    return this.send("GET", "invocation/next", {}, null);
  }

  post(where, body, headers = {}) {
    const data = Buffer.from(body, "utf8");
    return this.send("POST", where, { ...headers, "Content-Length": data.length }, data);
  }

  postError(where, error) {
    const body = posted(error);
    const headers = { "Content-Type": "application/json", [ERROR_TYPE]: encodeURIComponent(body.errorType) };
    if (error?.[NAMES]) headers["Moto-Lambda-Urls-Names"] = encodeURIComponent(JSON.stringify(error[NAMES]));
    return this.post(where, JSON.stringify(body), headers);
  }

  send(method, where, headers, body) {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const head = `${method} ${ROOT}${where} HTTP/1.1\r\nHost: ${this.address}\r\n${lines.join("")}\r\n`;
    this.socket.write(body === null ? head : Buffer.concat([Buffer.from(head), body]));
    return this.response();
  }

  response() {
    this.socket.ref();
    return new Promise((resolve) => {
      this.waiting = resolve;
    });
  }

  receive(data) {
    this.received = Buffer.concat([this.received, data]);
    const end = this.received.indexOf("\r\n\r\n");
    if (end < 0) return;
    const [first, ...lines] = this.received.toString("latin1", 0, end).split("\r\n");
    const headers = Object.fromEntries(lines.map((line) => line.split(/: (.*)/s)).map(([n, v]) => [n.toLowerCase(), v]));
    const stop = end + 4 + Number(headers["content-length"]);
    if (this.received.length < stop) return;
    const body = this.received.toString("utf8", end + 4, stop);
    this.received = this.received.subarray(stop);
    this.socket.unref();
    const resolve = this.waiting;
    this.waiting = null;
    resolve({ status: Number(first.split(" ")[1]), headers, body });
  }
}

/** A response that is sent as it is written. */
class ResponseStream extends Writable {
  constructor(api, requestId) {
    super();
    this.api = api;
    this.requestId = requestId;
    this.contentType = "application/octet-stream";
    this.begun = false;
    this.trailers = "";
    this.answered = new Promise((resolve) => {
      this.resolveAnswered = resolve;
    });
  }

  setContentType(contentType) {
    if (this.begun) throw new InvalidStreamingOperation("Cannot set content-type, too late.");
    this.contentType = contentType;
  }

  write(chunk, ...rest) {
    const isData = typeof chunk === "string" || chunk instanceof Uint8Array;
    if (!this.begun) {
      this.begin();
      this._onBeforeFirstWrite?.((data) => super.write(data));
    }
    return super.write(isData ? chunk : JSON.stringify(chunk), ...rest);
  }

  /** As AWS's own: no prelude goes out before what `write` was not called for, and only the first argument counts. */
  end(chunk) {
    if (!this.begun) this.begin();
    return super.end(chunk);
  }

  begin() {
    this.begun = true;
    const lines = [
      `POST ${ROOT}invocation/${this.requestId}/response HTTP/1.1`,
      `Host: ${this.api.address}`,
      "Lambda-Runtime-Function-Response-Mode: streaming",
      `Content-Type: ${this.contentType}`,
      `Trailer: ${ERROR_TYPE}, ${ERROR_BODY}`,
      "Transfer-Encoding: chunked",
    ];
    this.api.socket.ref();
    this.api.socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  }

  _write(chunk, _encoding, callback) {
    if (!chunk.length) return callback();
    const size = Buffer.from(`${chunk.length.toString(16)}\r\n`);
    return this.api.socket.write(Buffer.concat([size, chunk, Buffer.from("\r\n")]), callback);
  }

  _final(callback) {
    this.finish();
    callback();
  }

  /** End the response with an error, after what is written. */
  fail(error) {
    const body = posted(error);
    const encoded = Buffer.from(JSON.stringify(body)).toString("base64");
    this.trailers = `${ERROR_TYPE}: ${encodeURIComponent(body.errorType)}\r\n${ERROR_BODY}: ${encoded}\r\n`;
    if (this.destroyed) this.finish();
    else if (!this.writableEnded) super.end();
  }

  finish() {
    if (this.finishing) return;
    this.finishing = true;
    if (!this.begun) this.begin();
    this.api.socket.write(`0\r\n${this.trailers}\r\n`);
    this.api.response().then(this.resolveAnswered);
  }
}

class HttpResponseStream {
  static from(stream, prelude) {
    stream.setContentType(HTTP_INTEGRATION);
    const text = JSON.stringify(prelude);
    stream._onBeforeFirstWrite = (write) => {
      write(text);
      write(new Uint8Array(8));
    };
    return stream;
  }
}

// The handler.

const isModuleFolder = (folder) => {
  for (let each = folder; !each.endsWith("/node_modules"); each = path.dirname(each)) {
    const file = path.join(each, "package.json");
    if (fs.existsSync(file)) {
      try {
        return JSON.parse(fs.readFileSync(file, "utf8")).type === "module";
      } catch (error) {
        console.warn(`${file} cannot be read, it will be ignored for ES module detection purposes.`, error);
        return false;
      }
    }
    if (each === path.dirname(each)) break;
  }
  return false;
};

async function loadModule(root, folder, name) {
  const file = path.resolve(root, folder, name);
  const require = createRequire(import.meta.url);
  const required = (ending) => (fs.existsSync(file + ending) ? require(file + ending) : null);
  const imported = (ending) => (fs.existsSync(file + ending) ? import(pathToFileURL(file + ending).href) : null);
  const isModule = isModuleFolder(path.dirname(file));
  return (
    (fs.existsSync(file) && fs.statSync(file).isFile() && required("")) ||
    (await (isModule ? imported : required)(".js")) ||
    (await imported(".mjs")) ||
    required(".cjs") ||
    require(require.resolve(name, { paths: [root, path.resolve(root, folder)] }))
  );
}

async function loadHandler(root, name) {
  if (name.includes("..")) {
    throw new MalformedHandlerName(
      `'${name}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const last = path.basename(name);
  const folder = name.substring(0, name.indexOf(last));
  const parts = last.match(/^([^.]*)\.(.*)$/);
  if (!parts) throw new MalformedHandlerName("Bad handler");
  let loaded;
  try {
    loaded = await loadModule(root, folder, parts[1]);
  } catch (error) {
    if (error instanceof SyntaxError) throw new UserCodeSyntaxError(error);
    if (error?.code === "MODULE_NOT_FOUND") throw new ImportModuleError(error);
    throw error;
  }
  const find = (module) => parts[2].split(".").reduce((found, key) => found && found[key], module);
  const handler = find(loaded) || (!hasCallbacks && find(loaded?.default));
  if (typeof handler === "function") return handler;
  const fault = new HandlerNotFound(`${name} is ${handler ? "not a function" : "undefined or not exported"}`);
  throw Object.defineProperty(fault, NAMES, { value: { module: folder + parts[1], wanted: parts[2], ...functionsIn(loaded) } });
}

/** The names of the functions that a module exports. */
function functionsIn(module) {
  const exported = Object.entries(module ?? {}).concat(Object.entries(module?.default ?? {}));
  const functions = exported.filter(([, value]) => typeof value === "function").map(([name]) => name);
  const names = [...new Set(functions)].slice(0, MAX_NAMES);
  return { functions: names, defined: names };
}

function json(text, name) {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`Cannot parse ${name} as json: ${error.toString()}`);
  }
}

function contextData(headers) {
  const trace = headers["lambda-runtime-trace-id"];
  if (trace) process.env._X_AMZN_TRACE_ID = trace;
  else delete process.env._X_AMZN_TRACE_ID;
  return {
    functionVersion: process.env.AWS_LAMBDA_FUNCTION_VERSION,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: json(headers["lambda-runtime-client-context"], "ClientContext"),
    identity: json(headers["lambda-runtime-cognito-identity"], "CognitoIdentity"),
    invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
    awsRequestId: headers["lambda-runtime-aws-request-id"],
    tenantId: headers["lambda-runtime-aws-tenant-id"],
    getRemainingTimeInMillis: () => headers["lambda-runtime-deadline-ms"] - Date.now(),
  };
}

const isPromise = (value) => typeof value?.then === "function";

/** What is done when nothing is left to do. */
let whenIdle = () => {};

class Runtime {
  constructor(api, handler) {
    this.api = api;
    this.handler = handler;
    this.onUncaught = (error, status) => api.postError("init/error", error).then(() => process.exit(status));
    const mode = handler[STREAMING];
    if (mode && mode !== "response") throw new MalformedStreamingHandler("Only response streaming is supported.");
    this.isStreaming = Boolean(mode);
    if (!hasCallbacks && !mode && handler.length >= 3) throw new CallbackHandlerDeprecated(NO_CALLBACKS);
  }

  scheduleNext() {
    whenIdle = () => {};
    setImmediate(() => this.handleOne());
  }

  async handleOne() {
    const { headers, body } = await this.api.next();
    const requestId = headers["lambda-runtime-aws-request-id"];
    globalThis[REQUEST_ID] = requestId;
    globalThis[TENANT_ID] = headers["lambda-runtime-aws-tenant-id"];
    const where = `invocation/${requestId}`;
    this.onUncaught = (error, status) => this.api.postError(`${where}/error`, error).then(() => process.exit(status));
    if (this.isStreaming) await this.stream(headers, body, requestId);
    else if (!hasCallbacks) await this.callWithoutCallback(headers, body, where);
    else this.call(headers, body, where);
  }

  async answer(where, result) {
    let text;
    try {
      text = JSON.stringify(result === undefined ? null : result);
    } catch {
      await this.fail(where, new Error("Unable to stringify response body"));
      return;
    }
    await this.api.post(`${where}/response`, text ?? "null", { "Content-Type": "application/json" });
    this.scheduleNext();
  }

  async fail(where, error) {
    logError("Invoke Error", error);
    await this.api.postError(`${where}/error`, error);
    this.scheduleNext();
  }

  /** A handler that returns its result, or a promise of it. */
  async callWithoutCallback(headers, body, where) {
    whenIdle = () => {
      whenIdle = () => {};
      this.fail(where, new NodeJsExit());
    };
    let result;
    try {
      result = await this.handler(JSON.parse(body), contextData(headers));
    } catch (error) {
      await this.fail(where, error);
      return;
    }
    await this.answer(where, result);
  }

  /** A handler with a callback, or one that returns a promise; the first answer counts. */
  call(headers, body, where) {
    let waits = true;
    let isDone = false;
    const once = (step) => (...values) => {
      if (isDone) return;
      isDone = true;
      step(...values);
    };
    const answer = (result) => this.answer(where, result);
    const fail = (error) => this.fail(where, error);
    const isFailure = (error) => error !== undefined && error !== null;
    const done = once((error, result) => (isFailure(error) ? fail(error) : answer(result)));
    const callback = once((error, result) => {
      if (isFailure(error)) fail(error);
      else if (!waits) answer(result);
      else whenIdle = () => setImmediate(answer, result);
    });
    const context = {
      get callbackWaitsForEmptyEventLoop() {
        return waits;
      },
      set callbackWaitsForEmptyEventLoop(value) {
        waits = value;
      },
      succeed: (result) => done(null, result),
      fail: (error) => done(isFailure(error) ? error : "handled"),
      done,
    };
    whenIdle = once(() => {
      if (this.handler.constructor?.name === "AsyncFunction") fail(new NodeJsExit());
      else answer(null);
    });
    try {
      const result = this.handler(JSON.parse(body), Object.assign(context, contextData(headers)), callback);
      if (isPromise(result)) result.then(context.succeed, context.fail);
    } catch (error) {
      done(error);
    }
  }

  async stream(headers, body, requestId) {
    let waits = hasCallbacks;
    const stream = new ResponseStream(this.api, requestId);
    const context = {
      get callbackWaitsForEmptyEventLoop() {
        return waits;
      },
      set callbackWaitsForEmptyEventLoop(value) {
        waits = value;
      },
    };
    const fail = async (error) => {
      logError("Invoke Error", error);
      stream.fail(error);
      await stream.answered;
      this.scheduleNext();
    };
    whenIdle = () => this.scheduleNext();
    stream.on("error", () => {});
    try {
      const result = this.handler(JSON.parse(body), stream, Object.assign(context, contextData(headers)));
      if (!isPromise(result)) {
        await fail("Streaming does not support non-async handlers.");
        return;
      }
      if ((await result) !== undefined) console.warn("Streaming handlers ignore return values.");
      await stream.answered;
    } catch (error) {
      await fail(error);
      return;
    }
    if (waits) whenIdle = () => this.scheduleNext();
    else this.scheduleNext();
  }
}

async function main() {
  process.argv[1] = "/var/runtime/index.mjs";
  patchConsole();
  const api = new RuntimeClient(process.env.AWS_LAMBDA_RUNTIME_API);
  let runtime = { onUncaught: (error, status) => api.postError("init/error", error).then(() => process.exit(status)) };
  process.on("uncaughtException", (error) => {
    logError("Uncaught Exception", error);
    runtime.onUncaught(error, 129);
  });
  process.on("unhandledRejection", (reason, promise) => {
    const error = Object.assign(new UnhandledPromiseRejection(reason), { reason, promise });
    logError("Unhandled Promise Rejection", error);
    runtime.onUncaught(error, 128);
  });
  process.on("beforeExit", () => whenIdle());
  globalThis.awslambda = {
    HttpResponseStream,
    streamifyResponse: (handler) => Object.assign(handler, { [STREAMING]: "response" }),
  };
  runtime = new Runtime(api, await loadHandler(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER));
  runtime.scheduleNext();
}

await main();
