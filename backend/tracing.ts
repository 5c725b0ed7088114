import { setTimeout as wait } from 'node:timers/promises'
import type { Context, Span, TracerProvider } from '@opentelemetry/api'
import type { NodeTracerConfig } from '@opentelemetry/sdk-trace-node'
import type { Request, RequestHandler } from 'express'
import type { EndedCall } from './core/http/index.ts'
import type { Exchange } from './modules/connections/index.ts'

export interface Tracing {
  /** Opens the span of a request; everything done for it belongs to that. */
  readonly request: RequestHandler
  /** For `HttpOptions.observers`: names the span by its operation. */
  observe(call: EndedCall): void
  /** The span of one request of a connection, after its end. */
  exchange(exchange: Exchange): void
  /** Sends what is left. */
  stop(): Promise<void>
}

const lastSendMs = 2000

export interface TracingOptions {
  /** OTLP over HTTP, without `/v1/traces`. */
  readonly endpoint: string
  readonly version: string
}

/**
 * Traces in the OpenTelemetry format. The packages are loaded here and not before, so that an installation without a
 * collector neither pays nor waits for them. Headers and sampling follow the usual `OTEL_…` variables.
 */
export async function startTracing({ endpoint, version }: TracingOptions): Promise<Tracing> {
  const [api, { BatchSpanProcessor, NodeTracerProvider }, { OTLPTraceExporter }] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/exporter-trace-otlp-http'),
    ])
  const { context, propagation, SpanKind, SpanStatusCode, trace, ROOT_CONTEXT } = api
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` })
  const provider = new NodeTracerProvider({
    resource: resourceOf({ 'service.name': 'edpsych-connect', 'service.version': version }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  })
  provider.register()
  const tracer = (provider as TracerProvider).getTracer('edpsych-connect', version)
  const spans = new WeakMap<Request, Span>()

  /** W3C Trace Context at a public edge: a trace of our own that points to the caller's, who must not steer sampling. */
  function callerOf(req: Request): Context {
    return propagation.extract(ROOT_CONTEXT, req.headers)
  }

  function request(req: Request, res: Parameters<RequestHandler>[1], next: () => void): void {
    const caller = trace.getSpanContext(callerOf(req))
    const span = tracer.startSpan(
      req.method,
      {
        kind: SpanKind.SERVER,
        links: caller ? [{ context: caller }] : [],
        attributes: { 'http.request.method': req.method },
      },
      ROOT_CONTEXT,
    )
    spans.set(req, span)
    res.once('close', () => {
      const { statusCode } = res
      span.setAttribute('http.response.status_code', statusCode)
      span.setAttribute('edpsych.request_id', String(res.locals['requestId'] ?? ''))
      if (statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR })
      span.end()
    })
    context.with(trace.setSpan(ROOT_CONTEXT, span), next)
  }

  function exchange(done: Exchange): void {
    const startTime = done.at
    const span = tracer.startSpan(`${done.method} ${done.host}`, {
      kind: SpanKind.CLIENT,
      startTime,
      attributes: {
        'http.request.method': done.method,
        'server.address': done.host,
        'url.path': done.path,
        'http.request.resend_count': done.attempt - 1,
        'edpsych.tenant_id': done.tenantId,
        'edpsych.connection_id': done.connectionId,
        'edpsych.connector': done.connectorId,
        'edpsych.purpose': done.purpose,
        ...(done.status === null ? {} : { 'http.response.status_code': done.status }),
        ...(done.errorCode === null ? {} : { 'error.type': done.errorCode }),
      },
    })
    if (done.errorCode !== null) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end(new Date(startTime.getTime() + done.durationMs))
  }

  return {
    request,
    observe({ req, operation, ctx }) {
      const span = spans.get(req)
      span?.updateName(operation)
      span?.setAttribute('http.route', operation.slice(operation.indexOf(' ') + 1))
      if (ctx) span?.setAttribute('edpsych.tenant_id', ctx.tenantId)
    },
    exchange,
    async stop() {
      // A collector that is away must not hold up the end; what it does not get is lost.
      const sent = provider.shutdown().catch(() => undefined)
      await Promise.race([sent, wait(lastSendMs, undefined, { ref: false })])
      trace.disable()
      context.disable()
      propagation.disable()
    },
  }
}

type Resource = NonNullable<NodeTracerConfig['resource']>

/** What the resources package would make; it is no dependency of ours, and exporters read no more than this. */
function resourceOf(attributes: Record<string, string>): Resource {
  const own: Resource = {
    attributes,
    merge: () => own,
    getRawAttributes: () => Object.entries(attributes),
  }
  return own
}
