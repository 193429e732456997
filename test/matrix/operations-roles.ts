import { type Operation } from './policy.js';

export const DEFAULTS: readonly Operation[] = [
  {
    route: 'GET /v1/hubs/current/roles/defaults',
    need: { by: 'anybody' },
    send: () => ({ url: '/v1/hubs/current/roles/defaults' }),
    success: 200,
  },
];

export const JOBS: readonly Operation[] = [
  {
    route: 'GET /v1/jobs/:jobId',
    need: { by: 'sight', capability: 'apionly-jobs-view' },
    names: 'job',
    send: (id) => ({ url: `/v1/jobs/${id}` }),
    success: 200,
    missing: { status: 404, code: '404.job' },
  },
];
