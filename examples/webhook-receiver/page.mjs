export const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Deliveries</title>
<style>
  body { font: 1rem/1.5 system-ui; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
  table { border-collapse: collapse; width: 100% }
  th, td { border-bottom: 1px solid #ccc; padding: .4rem; text-align: left; vertical-align: top }
  .verified { color: #0a6127 } .refused { color: #a4000f } .repeated { color: #5c5c5c }
</style>
<h1>Deliveries</h1>
<p role="status" id="count">Waiting for the first delivery.</p>
<table>
  <thead><tr><th scope="col">Time<th scope="col">Outcome<th scope="col">Event<th scope="col">webhook-id</tr></thead>
  <tbody id="rows"></tbody>
</table>
<script>
  const rows = document.getElementById('rows')
  const source = new EventSource('/deliveries')
  source.onopen = () => rows.replaceChildren()
  source.onmessage = ({ data }) => {
    const { at, outcome, type, id } = JSON.parse(data)
    const row = rows.insertRow(0)
    row.className = outcome
    for (const text of [at.slice(11, 19), outcome, type, id]) row.insertCell().textContent = text
    document.getElementById('count').textContent = rows.rows.length + ' so far'
  }
</script>
</html>
`
