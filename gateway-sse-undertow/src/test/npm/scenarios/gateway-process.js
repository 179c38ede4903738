import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const JAR = fileURLToPath(new URL('../../../../../gateway-app/target/gateway-app.jar', import.meta.url));
const JAVA = process.env.JAVA_HOME ? `${process.env.JAVA_HOME}/bin/java` : 'java';
const TOPICS = '/dev/records/ai.flowx.eventsgateway.engine.commands.';

/** The shipped jar with its embedded profile, as a process. */
export class GatewayProcess {
  #process;
  #log = '';

  async start() {
    this.#process = spawn(JAVA, ['-jar', JAR, '--embedded'], {
      env: {
        ...process.env,
        SERVER_PORT: '0',
        MANAGEMENT_SERVER_PORT: '0',
        EVENTS_SSE_HEARTBEATSECS: '1',
        EVENTS_SSE_RATEPERSUBJECT: '0',
        EVENTS_SSE_DRAINSECS: '0',
      },
    });
    this.port = await new Promise((started, failed) => {
      const read = (text) => {
        this.#log += text;
        const port = /Open http:\/\/localhost:(\d+)\//.exec(this.#log)?.[1];
        if (port) {
          started(Number(port));
        }
      };
      this.#process.stdout.on('data', read);
      this.#process.stderr.on('data', read);
      this.#process.on('error', failed);
      this.#process.on('exit', (code) => failed(new Error(`the gateway ended with ${code}:\n${this.#log}`)));
    });
  }

  /** Appends an event. */
  message(destination, data) {
    return this.#send('message.v1', { destination, data });
  }

  /** Ends a destination. */
  disconnect(destination, reason) {
    return this.#send('disconnect.v1', { destination, reason });
  }

  async close() {
    if (this.#process.exitCode === null) {
      const gone = new Promise((exited) => this.#process.on('exit', exited));
      this.#process.kill();
      await gone;
    }
  }

  async #send(topic, record) {
    const answer = await fetch(`http://127.0.0.1:${this.port}${TOPICS}${topic}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(record),
    });
    if (answer.status !== 202) {
      throw new Error(`${answer.status} ${await answer.text()}`);
    }
    await answer.arrayBuffer();
  }
}
