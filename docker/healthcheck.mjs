// Ends with 0 when the server in this container is ready, else with 1.
const port = process.env.PORT?.trim() || '20688';
const basePath = (process.env.BASE_PATH?.trim() ?? '').replace(/\/+$/, '');
const host = { '': '127.0.0.1', '0.0.0.0': '127.0.0.1', '::': '[::1]' }[process.env.HOST?.trim() ?? ''];

try {
  const url = `http://${host ?? process.env.HOST}:${port}${basePath}/healthz/ready`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(4000) });
  process.exitCode = answer.status === 200 ? 0 : 1;
} catch {
  process.exitCode = 1;
}
