import type supertest from 'supertest';

type Agent = ReturnType<typeof supertest>;

/** A caller: sends its headers with every request. */
export class Client {
  constructor(
    private readonly agent: Agent,
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  /** The same caller with further headers. */
  with(headers: Readonly<Record<string, string>>): Client {
    return new Client(this.agent, { ...this.headers, ...headers });
  }

  /** The same caller as seen from this address (the test itself sits on the trusted loopback). */
  from(address: string): Client {
    return this.with({ 'x-forwarded-for': address });
  }

  get(path: string): supertest.Test {
    return this.agent.get(path).set(this.headers);
  }

  post(path: string, body?: object | string): supertest.Test {
    return this.withBody(this.agent.post(path), body);
  }

  put(path: string, body?: object | string): supertest.Test {
    return this.withBody(this.agent.put(path), body);
  }

  patch(path: string, body?: object | string): supertest.Test {
    return this.withBody(this.agent.patch(path), body);
  }

  delete(path: string, body?: object | string): supertest.Test {
    return this.withBody(this.agent.delete(path), body);
  }

  private withBody(test: supertest.Test, body: object | string | undefined): supertest.Test {
    const request = test.set(this.headers);
    return body === undefined ? request : request.set('content-type', 'application/json').send(body);
  }
}
