// Phones: OsmAnd and Traccar Client, one report a request.
//   k6 run -e OSMAND_URL=http://127.0.0.1:5055 -e DEVICES=id:secret,id:secret bench/k6/osmand.ts
import { check } from 'k6'
import exec from 'k6/execution'
import http from 'k6/http'
import { Counter } from 'k6/metrics'
import { arrivals, listSetting, placeOf, SMOKE, setting, THRESHOLDS } from './settings.ts'

const osmandUrl = setting('OSMAND_URL', 'http://127.0.0.1:5055')
const devices = listSetting('DEVICES').map((device) => device.split(':'))
const answered = new Counter('reports_answered')

export const options = {
  scenarios: { phones: arrivals(2000) },
  thresholds: { ...THRESHOLDS, reports_answered: ['count>0'] },
}

export default function (): void {
  const n = exec.scenario.iterationInTest
  const [id, secret] = devices[n % devices.length] as [string, string]
  const { lat, lon } = placeOf(n)
  const where = `lat=${lat}&lon=${lon}&accuracy=9.5&speed=0.8&bearing=120&batt=71`
  const response = http.get(`${osmandUrl}/?id=${encodeURIComponent(id)}&timestamp=${Date.now()}&${where}`, {
    headers: { authorization: `Bearer ${secret}` },
    tags: { name: 'OsmAnd report' },
  })
  const good = check(response, {
    'delivered (2xx)': ({ status }) => status >= 200 && status < 300,
    'with an empty body': ({ body }) => !body,
  })
  if (good) answered.add(1)
  else if (SMOKE) console.error(`${response.status} ${response.body}`)
}
