// aedes as its documentation starts it, in a thread of its own: what the bench compares our broker with.
import { once } from 'node:events';
import net from 'node:net';
import { parentPort } from 'node:worker_threads';
import { Aedes } from 'aedes';

const aedes = await Aedes.createBroker();
const server = net.createServer({ noDelay: true }, (socket) => void aedes.handle(socket)).listen(0, '127.0.0.1');
await once(server, 'listening');
parentPort?.postMessage((server.address() as net.AddressInfo).port);
