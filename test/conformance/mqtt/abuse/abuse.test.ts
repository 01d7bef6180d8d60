import { describe, expect, it } from 'vitest';
import { ack, connect, packet, publish, subscribe, text, two, unsubscribe } from '../wire.ts';
import { inLab } from './lab.ts';
import { usedHeapMiB } from './memory.ts';
import type { SyncPeer } from './sync-peer.ts';

const publishes = (peer: SyncPeer): number => peer.read().filter(({ type }) => type === 'publish').length;

describe('who does not read', () => {
  it('gets no more than its share of memory, and holds up nobody', () => {
    const outputLimitBytes = 200_000;
    inLab({ outputLimitBytes, maximumQueuedMessages: 500, maximumQueuedBytes: 1_000_000, maximumInflight: 50 }, ({ core, pair, peer, turn }) => {
      const stuck = peer('stuck').connect();
      stuck.send(subscribe(5, 1, [{ filter: 'flood', qos: 1 }]));
      const publisher = peer('flooder').connect();
      const payload = Buffer.alloc(10_000, 1);
      for (let count = 1; count <= 2000; count += 1) {
        publisher.send(publish(5, { topic: 'flood', payload }), publish(5, { topic: 'flood', qos: 1, id: count, payload }));
        turn();
        publisher.read();
        if (count % 10 === 0) pair.exchange();
        // What was collected in one turn may be on top.
        expect(stuck.stream.writableLength).toBeLessThan(outputLimitBytes + 2 * 65_536);
      }
      const { queue, inflight } = core.sessions.get('stuck') ?? {};
      expect(queue?.bytes).toBeLessThanOrEqual(1_000_000);
      expect(inflight?.size).toBeLessThanOrEqual(50);
      const { droppedSlow, droppedFull } = core.counters;
      expect(droppedSlow).toBeGreaterThan(1900);
      // Each QoS 1 message was sent, waits, or was counted.
      expect((inflight?.size ?? 0) + (queue?.length ?? 0) + droppedFull).toBe(2000);
      expect(publishes(stuck)).toBeGreaterThan(0);
    });
  });

  it('gets what waited when it reads on', () => {
    inLab({ outputLimitBytes: 50_000, maximumInflight: 1000 }, ({ peer, turn, settle }) => {
      const slow = peer('slow').connect();
      slow.send(subscribe(5, 1, [{ filter: 'flood', qos: 1 }]));
      const publisher = peer('publisher').connect();
      for (let count = 1; count <= 300; count += 1) publisher.send(publish(5, { topic: 'flood', qos: 1, id: count, payload: Buffer.alloc(1000) }));
      let got = 0;
      for (let round = 0; round < 300 && got < 300; round += 1) {
        turn();
        got += publishes(slow);
      }
      settle();
      expect(got + publishes(slow)).toBe(300);
    });
  });

  it('acknowledges nothing and gets no more than may be under way', () => {
    inLab({ maximumInflight: 100, maximumQueuedMessages: 1000 }, ({ core, pair, peer, settle }) => {
      const silent = peer('silent').connect({ properties: [['receiveMaximum', 65_535]] });
      silent.send(subscribe(5, 1, [{ filter: 'flood', qos: 2 }]));
      const publisher = peer('publisher').connect();
      for (let count = 1; count <= 10_000; count += 1) {
        publisher.send(publish(5, { topic: 'flood', qos: 1, id: count }));
        if (count % 100 === 0) pair.exchange();
      }
      settle();
      expect(publishes(silent)).toBe(100);
      expect(core.sessions.get('silent')?.queue?.length).toBe(1000);
      expect(core.counters.droppedFull).toBe(10_000 - 1100);
    });
  });
});

describe('who begins and does not end', () => {
  it('announces a giant before CONNECT and is out at its fixed header', () => {
    inLab({}, ({ core, pair, peer, refused }) => {
      const filler = Buffer.alloc(100_000);
      const before = usedHeapMiB();
      const giants = Array.from({ length: 300 }, (_, at) => peer(`giant ${at}`));
      for (const giant of giants) {
        giant.send(Buffer.from([0x10, 0x80, 0x80, 0x80, 0x0c]));
        for (let part = 0; part < 10; part += 1) giant.send(filler);
        expect(giant.isOut).toBe(true);
        expect(refused.get(giant.name)).toContain('A packet of 25165829 bytes');
      }
      pair.exchange();
      expect(core.counters.connectionsRefused).toBe(300);
      expect(usedHeapMiB() - before).toBeLessThan(20);
    });
  });

  it('announces a giant after CONNECT and is out at its fixed header', () => {
    inLab({ maximumPacketSize: 1_000_000 }, ({ peer, refused }) => {
      const giant = peer('giant')
        .connect()
        .send(Buffer.from([0x30, 0xbd, 0x84, 0x3d]));
      expect(giant.isOut).toBe(true);
      expect(refused.get('giant')).toContain('A packet of 1000001 bytes');
    });
  });

  it('holds what it has sent of a CONNECT for a limited time', () => {
    inLab({ connectTimeoutMs: 10_000, maximumConnectSize: 100_000 }, ({ core, pair, pass, peer, refused, settle }) => {
      const before = usedHeapMiB();
      const whole = connect(5, { clientId: 'x', username: 'u'.repeat(60_000), password: 'p'.repeat(30_000) });
      const halves = Array.from({ length: 200 }, (_, at) => peer(`half ${at}`).send(whole.subarray(0, 80_000)));
      expect([...core.connections].reduce((sum, { decoder }) => sum + decoder.bufferedBytes, 0)).toBe(200 * 80_000);
      pair.exchange();
      pass(10_400);
      settle();
      for (const half of halves) {
        expect(half.isOut).toBe(true);
        expect(refused.get(half.name)).toContain('CONNECT');
      }
      expect(core.connections.size).toBe(2);
      expect(usedHeapMiB() - before).toBeLessThan(30);
    });
  });

  it.each([0, 1, 5])('is out in time, at %i bytes of CONNECT a second', (bytesPerSecond) => {
    inLab({ connectTimeoutMs: 10_000 }, ({ pair, pass, peer, refused }) => {
      const slow = peer('slow');
      const whole = connect(4, { clientId: 'slow', username: 'x'.repeat(200) });
      for (let second = 0; second < 12; second += 1) {
        expect(slow.isOut).toBe(second >= 10);
        slow.send(whole.subarray(second * bytesPerSecond, (second + 1) * bytesPerSecond));
        pass(1000);
        pair.exchange();
      }
      expect(refused.get('slow')).toContain('in time');
    });
  });

  it('is gone without a word, which its keep alive tells', () => {
    inLab({}, ({ core, pass, peer, refused, settle }) => {
      const gone = peer('gone').connect({ keepAliveSeconds: 10 });
      pass(14_900);
      expect(gone.isOut).toBe(false);
      pass(500);
      expect(gone.isOut).toBe(true);
      settle();
      expect(gone.read().at(-1)).toMatchObject({ type: 'disconnect', code: 0x8d });
      expect(refused.get('gone')).toContain('keep alive of 10 s');
      // Its side never closes: the broker does not wait for it.
      expect(core.lingering.size).toBe(1);
      pass(4000);
      expect(core.lingering.size).toBe(0);
      expect(gone.stream.closed).toBe(true);
    });
  });
});

it('refuses packet id 0 in every packet that has one', () => {
  const topic = text('a');
  inLab({}, ({ core, pair, peer, refused }) => {
    const packets = [
      packet(0x32, topic, two(0), Buffer.from([0])),
      packet(0x34, topic, two(0), Buffer.from([0])),
      packet(0x82, two(0), Buffer.from([0]), topic, Buffer.from([0])),
      packet(0xa2, two(0), Buffer.from([0]), topic),
      ...(['puback', 'pubrec', 'pubrel', 'pubcomp'] as const).map((type) => ack(type, 0)),
    ];
    for (const [at, bytes] of packets.entries()) {
      const zero = peer(`zero ${at}`).connect().send(bytes);
      expect(zero.isOut).toBe(true);
      expect(refused.get(zero.name)).toMatch(/packet identifier.* 0.*\[(MQTT-|§)/i);
      pair.exchange();
    }
    expect(core.counters.connectionsRefused).toBe(packets.length);
  });
});

describe('topics', () => {
  const longest = 65_535;
  const shapes: readonly (readonly [what: string, topic: string, filters: readonly string[]])[] = [
    ['one level of 65,535 bytes', 'x'.repeat(longest), ['x'.repeat(longest), '+', '#']],
    ['65,536 empty levels', '/'.repeat(longest), ['/'.repeat(longest), '#', '+/#']],
    ['32,768 levels', 'x/'.repeat(longest >> 1).concat('x'), [`${'+/'.repeat(longest >> 1)}+`, `${'x/'.repeat(32_000)}#`, '#']],
  ];

  it.each(shapes)('of %s are carried, matched, retained and let go of', (_what, topic, filters) => {
    inLab({}, ({ core, pair, peer, settle }) => {
      const subscriber = peer('subscriber').connect();
      const publisher = peer('publisher').connect();
      settle();
      publisher.read();
      for (const [at, filter] of filters.entries()) {
        subscriber.send(subscribe(5, at + 1, [{ filter, qos: 1 }]));
        settle();
        subscriber.read();
        publisher.send(publish(5, { topic, qos: 1, id: 1, retain: true }));
        pair.exchange();
        settle();
        expect(publisher.expect('puback').code).toBe(0);
        // The healthy pair is heard through `#` as well.
        const got = subscriber.read().filter((one) => one.type === 'publish' && one.topic === topic);
        expect(got.length).toBe(1);
        subscriber.send(unsubscribe(5, 100 + at, [filter]));
      }
      publisher.send(publish(5, { topic, retain: true }));
      settle();
      expect(core.subscriptions.size).toBe(1);
      expect(core.retainedMessages.size).toBe(0);
    });
  });
});

it('takes 100,000 subscriptions of one client and lets go of them in slices', () => {
  inLab({}, ({ core, pair, peer, turn }) => {
    const before = usedHeapMiB();
    const flood = peer('flood').connect();
    const total = 100_000;
    const inOne = 500;
    for (let from = 0; from < total; from += inOne) {
      const filters = Array.from({ length: inOne }, (_, at) => ({ filter: `a/${from + at}/+/b`, qos: 1 }));
      flood.send(subscribe(5, 1 + from / inOne, filters));
      pair.exchange();
      flood.read();
    }
    expect(core.subscriptions.size).toBe(total + 1);
    expect(usedHeapMiB() - before).toBeLessThan(150);
    flood.send(Buffer.from([0xe0, 0]));
    let slices = 0;
    for (; core.subscriptions.size > 1; slices += 1) {
      const left = core.subscriptions.size;
      pair.exchange();
      expect(left - core.subscriptions.size).toBeLessThan(total / 10);
    }
    expect(slices).toBeGreaterThan(10);
    turn();
    expect(usedHeapMiB() - before).toBeLessThan(40);
  });
});

describe('connections', () => {
  it('are one for each client id, whoever takes it over and how often', () => {
    inLab({ lingerMs: 3000 }, ({ core, pair, pass, peer, settle }) => {
      const storm = Array.from({ length: 2000 }, (_, at) => {
        const next = peer(`storm ${at}`, at % 2 === 0 ? 5 : 4).connect({ clientId: 'the one', clean: at % 3 === 0 });
        if (at % 100 === 0) pair.exchange();
        return next;
      });
      settle();
      const last = storm.pop();
      for (const taken of storm) {
        expect(taken.isOut).toBe(true);
        if (taken.level === 5) expect(taken.read().at(-1)).toMatchObject({ type: 'disconnect', code: 0x8e });
      }
      expect(last?.isOut).toBe(false);
      expect([core.sessions.size, core.connections.size]).toEqual([3, 3]);
      pass(4000);
      expect(core.lingering.size).toBe(0);
      expect(core.counters.connectionsRefused).toBe(0);
    });
  });

  it('come in floods, and are told when there are too many sessions', () => {
    inLab({ maximumSessions: 1000, connectTimeoutMs: 10_000 }, ({ core, pair, pass, peer, refused, settle }) => {
      const before = usedHeapMiB();
      const mute = Array.from({ length: 3000 }, (_, at) => peer(`mute ${at}`));
      const flood = Array.from({ length: 3000 }, (_, at) => {
        const next = peer(`flood ${at}`, at % 2 === 0 ? 5 : 4).connect({ clean: at % 3 === 0 });
        if (at % 100 === 0) pair.exchange();
        return next;
      });
      settle();
      const out = flood.filter(({ isOut }) => isOut);
      expect(out.length).toBe(2002);
      for (const one of out) {
        expect(one.expect('connack').code).toBe(one.level === 5 ? 0x89 : 3);
        expect(refused.get(one.name)).toContain('1000 sessions');
      }
      pass(11_000);
      expect(mute.every(({ isOut, name }) => isOut && refused.has(name))).toBe(true);
      pass(4000);
      expect(core.connections.size).toBe(1000);
      expect(usedHeapMiB() - before).toBeLessThan(60);
    });
  });
});

describe('many messages', () => {
  /** CPU time in ms of taking in and drawing off an offline queue. */
  function drain(total: number): number {
    let spentMs = 0;
    inLab({ maximumQueuedMessages: 200_000, maximumInflight: 20 }, ({ core, pair, peer, settle, turn }) => {
      const clientId = 'away';
      const properties = [['sessionExpiryInterval', 3600]] as const;
      const away = peer('away').connect({ properties });
      away.send(subscribe(5, 1, [{ filter: 'q', qos: 1 }]), Buffer.from([0xe0, 0]));
      const publisher = peer('publisher').connect();
      const began = process.cpuUsage();
      for (let from = 0; from < total; from += 1000) {
        publisher.send(...Array.from({ length: 1000 }, (_, at) => publish(5, { topic: 'q', qos: 1, id: at + 1, payload: String(from + at) })));
        settle();
        publisher.read();
      }
      expect(core.sessions.get(clientId)?.queue?.length).toBe(total);
      const back = peer('back').connect({ clientId, clean: false, properties });
      let next = 0;
      for (let round = 0; next < total; round += 1) {
        turn();
        const acks: Buffer[] = [];
        for (const message of back.read()) {
          if (message.type !== 'publish') continue;
          if (String(message.payload) !== String(next)) throw new Error(`message ${String(message.payload)} instead of ${next}`);
          next += 1;
          acks.push(ack('puback', message.id));
        }
        if (acks.length > 20) throw new Error(`${acks.length} messages under way`);
        back.send(...acks);
        if (round % 500 === 0) pair.exchange();
      }
      const { user, system } = process.cpuUsage(began);
      spentMs = (user + system) / 1000;
      settle();
      expect(core.sessions.get(clientId)?.queue?.length).toBe(0);
      expect(core.sessions.get(clientId)?.inflight?.size).toBe(0);
    });
    return spentMs;
  }

  it('wait for one client, 100,000 of them, and are drawn off in linear time', () => {
    drain(10_000);
    const small = Math.min(drain(10_000), drain(10_000), drain(10_000));
    const large = drain(100_000);
    // Ten times the work; quadratic would be a hundred.
    expect(large / small).toBeLessThan(35);
  }, 120_000);

  it('are retained, 100,000 of them, and come to a new subscriber in slices at its own pace', () => {
    const outputLimitBytes = 100_000;
    inLab({ outputLimitBytes }, ({ core, pair, peer, settle, turn }) => {
      const total = 100_000;
      const publisher = peer('publisher').connect();
      for (let from = 0; from < total; from += 1000) {
        publisher.send(...Array.from({ length: 1000 }, (_, at) => publish(5, { topic: `kept/${(from + at) % 317}/${from + at}`, retain: true, payload: 'x' })));
        settle();
      }
      expect(core.retainedMessages.size).toBe(total);
      const eager = peer('eager').connect();
      const stuck = peer('stuck').connect();
      for (const one of [eager, stuck]) one.send(subscribe(5, 1, [{ filter: 'kept/#', qos: 1 }]));
      const topics = new Set<string>();
      let most = 0;
      for (let round = 0; topics.size < total && round < 20_000; round += 1) {
        pair.exchange();
        turn();
        const got = eager.read().filter((one) => one.type === 'publish');
        for (const { topic } of got) {
          if (topics.has(topic)) throw new Error(`${topic} came twice`);
          topics.add(topic);
        }
        most = Math.max(most, got.length);
        expect(stuck.stream.writableLength).toBeLessThan(outputLimitBytes + 2 * 65_536);
      }
      expect(topics.size).toBe(total);
      expect(most).toBeLessThan(5000);
      // The one that stopped reading still gets all of it.
      let late = 0;
      for (let round = 0; late < total && round < 50_000; round += 1) {
        turn();
        late += publishes(stuck);
      }
      expect(late).toBe(total);
    });
  }, 120_000);

  it('are retained and large, and none of them is dropped because they come quickly', () => {
    inLab({}, ({ core, peer, turn }) => {
      const publisher = peer('publisher').connect();
      const total = 400;
      for (let at = 0; at < total; at += 1) publisher.send(publish(5, { topic: `large/${at}`, retain: true, payload: Buffer.alloc(20_000) }));
      const reader = peer('reader')
        .connect()
        .send(subscribe(5, 1, [{ filter: 'large/+' }]));
      let got = 0;
      for (let round = 0; round < 1000 && got < total; round += 1) {
        turn();
        got += publishes(reader);
      }
      expect([got, core.counters.droppedSlow]).toEqual([total, 0]);
    });
  });

  it('are retained and replaced, and nobody gets the old one after the new one', () => {
    inLab({ outputLimitBytes: 20_000 }, ({ peer, settle, turn }) => {
      const publisher = peer('publisher').connect();
      const publishAll = (value: string): void => {
        for (let at = 0; at < 100; at += 1) publisher.send(publish(5, { topic: `kept/${at}`, qos: 1, id: at + 1, retain: true, payload: value.padEnd(1000) }));
        settle();
        publisher.read();
      };
      publishAll('old');
      const slow = peer('slow')
        .connect()
        .send(subscribe(5, 1, [{ filter: 'kept/+', qos: 1 }]));
      settle();
      publishAll('new');
      const last = new Map<string, string>();
      for (let quiet = 0; quiet < 5; quiet += 1) {
        turn();
        for (const message of slow.read()) {
          if (message.type !== 'publish') continue;
          quiet = 0;
          slow.send(ack('puback', message.id));
          const value = String(message.payload).trim();
          if (value === 'old' && last.get(message.topic) === 'new') throw new Error(`${message.topic} came old after new`);
          last.set(message.topic, value);
        }
      }
      expect([...last.values()]).toEqual(Array.from({ length: 100 }, () => 'new'));
    });
  });
});
