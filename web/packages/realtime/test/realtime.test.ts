import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffMs, type ConnectionState, compareCursors, Realtime, type ServerFrame } from '../src'
import { FakeClock, FakeServer, FakeSurroundings, settle } from './world'

function start(server: FakeServer, transports = [server.transport('websocket')]) {
  const clock = new FakeClock()
  const surroundings = new FakeSurroundings()
  const frames: ServerFrame[] = []
  const states: ConnectionState[] = []
  const realtime = new Realtime({
    transports,
    clock,
    surroundings,
    cursor: '1-0',
    onFrame: (frame) => frames.push(frame),
    onState: (state) => states.push(state),
  })
  realtime.start()
  const applied = (): unknown[] => frames.filter((frame) => frame.type === 'event').map((frame) => frame.n)
  return { clock, surroundings, frames, states, realtime, applied }
}

describe('the client', () => {
  it('applies events once each and in order, however often the line is cut', async () => {
    const step = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({ kind: fc.constant('commit' as const), topics: fc.integer({ min: 1, max: 3 }) }),
      },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('cut' as const), topics: fc.constant(0) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('heartbeat' as const), topics: fc.constant(0) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), topics: fc.constant(0) }) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const server = new FakeServer()
        const { clock, applied } = start(server)
        await settle()
        const act = {
          commit: (topics: number) => server.commit(['a', 'b', 'c'].slice(0, topics)),
          cut: () => server.cut(),
          heartbeat: () => server.heartbeat(),
          wait: () => clock.forward(20_000),
        }
        for (const { kind, topics } of steps) {
          act[kind](topics)
          await settle()
        }
        clock.forward(39_000)
        await settle()
        expect(applied()).toEqual(server.log.map((frame) => frame.n))
      }),
      { numRuns: 150 },
    )
  })

  it('finds out about frames lost on the way by the heartbeat, and gets each of them once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }), async (losses) => {
        const server = new FakeServer()
        const { clock, applied } = start(server)
        await settle()
        for (const lose of losses) server.commit(['a'], lose)
        server.heartbeat()
        clock.forward(30_000)
        await settle()
        server.heartbeat()
        await settle()
        expect([...applied()].sort((a, b) => Number(a) - Number(b))).toEqual(server.log.map((frame) => frame.n))
      }),
      { numRuns: 100 },
    )
  })

  it('takes what an older transaction brings late, and what a new topic looks back for', async () => {
    const server = new FakeServer()
    const { applied } = start(server)
    await settle()
    const event = (cursor: string, topic: string, n: number): void =>
      server.connection?.handlers.frame({ type: 'event', cursor, name: 'x', topic, n })
    event('10-5', 'a', 1)
    event('8-3', 'a', 2)
    server.connection?.handlers.frame({ type: 'heartbeat', cursor: '10-5', count: 2 })
    event('10-5', 'b', 3)
    event('8-3', 'a', 4)
    expect(applied()).toEqual([1, 2, 3])
  })

  it('resumes where another tab or an earlier page stopped, and at the head when told nothing', async () => {
    const server = new FakeServer()
    server.commit(['a'])
    const resumed = start(server)
    await settle()
    expect(resumed.applied()).toEqual([0])

    const fresh = new Realtime({
      transports: [server.transport('websocket')],
      clock: new FakeClock(),
      surroundings: new FakeSurroundings(),
      onFrame: () => expect.unreachable(),
    })
    fresh.start()
    await settle()
    expect(server.hellos.at(-1)?.cursor).toBeNull()
  })

  it('passes a reset on and goes on from its cursor', async () => {
    const server = new FakeServer()
    const { frames } = start(server)
    await settle()
    server.connection?.handlers.frame({ type: 'reset', cursor: '99-5' })
    server.cut()
    expect(frames).toEqual([{ type: 'reset', cursor: '99-5' }])
  })

  it('falls back to the next transport after two failures and returns to the best later', async () => {
    const server = new FakeServer()
    const websocket = server.transport('websocket', false)
    const { clock, realtime } = start(server, [websocket, server.transport('stream'), server.transport('poll')])
    for (let turn = 0; turn < 4; turn += 1) {
      await settle()
      clock.forward(1_000)
    }
    expect(server.hellos.map((hello) => hello.over)).toEqual(['websocket', 'websocket', 'stream'])
    expect(realtime.state).toBe('live')

    for (let second = 0; second < 330; second += 1) {
      clock.forward(1_000)
      await settle()
      if (second % 15 === 0) server.heartbeat()
    }
    expect(server.hellos.slice(3).map((hello) => hello.over)).toEqual(['websocket', 'stream'])
    expect(realtime.state).toBe('live')
  })

  it('says it is offline without trying, and comes back at once', async () => {
    const server = new FakeServer()
    const { surroundings, realtime, states } = start(server)
    await settle()
    surroundings.set({ online: false })
    expect(realtime.state).toBe('offline')
    surroundings.set({ online: true })
    await settle()
    expect(states).toEqual(['connecting', 'live', 'offline', 'connecting', 'live'])
  })

  it('reconnects when the page wakes after a long sleep, and after long silence', async () => {
    const server = new FakeServer()
    const { surroundings, clock } = start(server)
    await settle()
    clock.forward(30_000)
    surroundings.set({ visible: true })
    expect(server.sent).toEqual([{ type: 'ping' }])
    server.heartbeat()
    clock.forward(5_000)
    expect(server.hellos).toHaveLength(1)
    clock.forward(25_000)
    surroundings.set({ visible: true })
    clock.forward(5_000)
    await settle()
    expect(server.hellos).toHaveLength(2)
    clock.forward(42_000)
    await settle()
    expect(server.hellos).toHaveLength(3)
  })

  it('does not come back when refused, until told to', async () => {
    const server = new FakeServer()
    const { clock, realtime } = start(server)
    await settle()
    server.connection?.handlers.closed(true)
    clock.forward(3_600_000)
    expect(realtime.state).toBe('refused')
    realtime.start()
    await settle()
    expect(realtime.state).toBe('live')
  })

  it('says changed topics on the open line, or by a new hello where the line has no way up', async () => {
    const server = new FakeServer()
    const { realtime } = start(server)
    const release = realtime.subscribe(['inbox', 'conversation:1'])
    await settle()
    expect(server.hellos.at(-1)?.topics).toEqual(['inbox', 'conversation:1'])
    const again = realtime.subscribe(['inbox'])
    release()
    release()
    expect(server.sent).toEqual([{ type: 'unsubscribe', topics: ['conversation:1'] }])
    server.canSend = false
    again()
    await settle()
    expect(server.hellos.at(-1)?.topics).toEqual([])
  })

  it('tells which conversation is on screen again after a reconnection', async () => {
    const server = new FakeServer()
    const { realtime, clock } = start(server)
    await settle()
    expect(realtime.viewing('7')).toBe(true)
    server.cut()
    expect(realtime.typing('7', true)).toBe(false)
    clock.forward(1_000)
    await settle()
    expect(server.sent).toEqual([
      { type: 'viewing', conversation_id: '7' },
      { type: 'viewing', conversation_id: '7' },
    ])
  })
})

describe('the arithmetic', () => {
  it('orders cursors as numbers, however long', () => {
    expect(compareCursors('9-1', '10-1')).toBeLessThan(0)
    expect(compareCursors('10-9', '10-10')).toBeLessThan(0)
    expect(compareCursors('18446744073709551615-1', '18446744073709551614-2')).toBeGreaterThan(0)
    expect(compareCursors('5-5', '5-5')).toBe(0)
  })

  it('waits longer each time, never longer than 30 s, never all at once', () => {
    fc.assert(
      fc.property(fc.nat(100), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
        const wait = backoffMs(attempt, random)
        expect(wait).toBeGreaterThanOrEqual(250)
        expect(wait).toBeLessThanOrEqual(30_000)
      }),
    )
  })
})
