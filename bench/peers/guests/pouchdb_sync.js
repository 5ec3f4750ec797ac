// Runs under Node: one PouchDB replicates N documents to pouchdb-server, another fetches them.
// Arguments: N, a folder, the folder that has node_modules.

const { spawn } = require('child_process')
const fs = require('fs')
const net = require('net')
const path = require('path')

const [records, folder, home] = [Number(process.argv[2]), process.argv[3], process.argv[4]]
const PouchDB = require(path.join(home, 'node_modules/pouchdb-node'))
const bin = path.join(home, 'node_modules/pouchdb-server/bin/pouchdb-server')
// The batch that was fastest of 100, 500, 1,000, 5,000.
const options = { batch_size: 1000 }

const freePort = () => new Promise(resolve => {
  const probe = net.createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address()
    probe.close(() => resolve(port))
  })
})
const pause = ms => new Promise(resolve => setTimeout(resolve, ms))
const took = async work => {
  const begun = process.hrtime.bigint()
  await work()
  return Number(process.hrtime.bigint() - begun) / 1e9
}

async function main () {
  const port = await freePort()
  const server = spawn(process.execPath,
    [bin, '--port', String(port), '--dir', path.join(folder, 'server'), '--no-stdout-logs'],
    { cwd: folder, stdio: 'ignore' })
  try {
    const url = `http://127.0.0.1:${port}`
    for (let tries = 0; tries < 300; tries++) {
      if (await fetch(url).then(() => true, () => false)) break
      await pause(100)
    }
    const one = new PouchDB(path.join(folder, 'one'))
    const two = new PouchDB(path.join(folder, 'two'))
    for (let first = 0; first < records; first += 1000) {
      await one.bulkDocs(Array.from({ length: Math.min(1000, records - first) }, (_, n) => ({
        _id: 'op-' + String(first + n).padStart(8, '0'),
        kind: 'pack',
        item: 'SKU-' + (first + n) % 5000,
        quantity: 1,
        source: 'A-04-2',
        target: 'BENCH-3',
        captured_at: '2026-11-23T09:00:00Z'
      })))
    }
    const push = await took(() => one.replicate.to(url + '/bench', options))
    const pull = await took(() => two.replicate.from(url + '/bench', options))
    const nothing = await took(() => one.replicate.to(url + '/bench', options))
    const { doc_count: found } = await two.info()
    if (found !== records) throw new Error(`${found} of ${records} documents arrived`)
    console.log(JSON.stringify({ push_s: push, pull_s: pull, noop_ms: nothing * 1e3 }))
  } finally {
    server.kill()
  }
}

fs.mkdirSync(folder, { recursive: true })
main().catch(error => {
  console.error(error)
  process.exitCode = 1
})
