// The rooms of each folder, and which rooms of the same folder each may import. A room that is not listed may import none.

// The console's rooms in order: each may import those that stand before it.
const CONSOLE = [
  'i18n/id',
  'i18n/en',
  'i18n',
  'address',
  'ground',
  'sound',
  'session',
  'feed',
  'widgets',
  'alerts',
  'map',
  'wearer',
  'explanation',
  'trial',
  'alat',
  'klien',
  'app',
].map((room) => `web-map/${room}`)

export const ROOMS: Record<string, string[]> = {
  'model/incident': [],
  'model/report': [],
  'model/plan': ['model/incident', 'model/report'],
  // A bracelet is registered by its protocol.
  'model/notice': ['model/incident'],
  'model/console': ['model/notice', 'model/access', 'model/incident', 'model/plan', 'model/report'],
  'model/access': [],

  geofence: [],
  'geofence/memory': [],
  'geofence/geometry': [],
  'geofence/plan': ['geofence', 'geofence/memory', 'geofence/geometry'],
  'geofence/fold/state': ['geofence', 'geofence/memory', 'geofence/plan'],
  'geofence/fold/device': ['geofence', 'geofence/geometry', 'geofence/plan', 'geofence/fold/state'],
  'geofence/fold/zones': ['geofence', 'geofence/memory', 'geofence/geometry', 'geofence/plan', 'geofence/fold/state'],
  'geofence/fold': [
    'geofence',
    'geofence/geometry',
    'geofence/plan',
    'geofence/fold/state',
    'geofence/fold/device',
    'geofence/fold/zones',
  ],
  'geofence/timeline': ['geofence/memory', 'geofence/plan', 'geofence/fold/state', 'geofence/fold'],
  'geofence/silence': ['geofence', 'geofence/plan'],
  'geofence/inquiry': [
    'geofence',
    'geofence/geometry',
    'geofence/plan',
    'geofence/fold/state',
    'geofence/fold/zones',
    'geofence/fold',
    'geofence/timeline',
  ],

  pipeline: [],
  'pipeline/publish-rules': ['pipeline'],
  'pipeline/evaluate': ['pipeline'],
  'pipeline/record': ['pipeline'],

  'stream/redis': [],
  'stream/logs': ['stream/redis'],
  'stream/ownership': ['stream/redis', 'stream/logs'],
  'stream/publication': ['stream/redis', 'stream/logs'],

  'store/database': [],
  'store/rules': ['store/database'],
  'store/people': ['store/database'],
  'store/incidents': ['store/database'],
  'store/track': ['store/database'],
  'store/access': ['store/database', 'store/people'],

  'notify/channels': [],
  'notify/messages': [],
  notify: ['notify/channels', 'notify/messages'],

  'api/answer': [],
  'api/sign-in': ['api/answer'],
  'api/live': ['api/answer', 'api/sign-in'],
  'api/documents': [],
  'api/routes': ['api/answer', 'api/sign-in', 'api/live', 'api/documents'],
  api: ['api/answer', 'api/sign-in', 'api/live', 'api/routes'],

  'bin/process': [],
  'bin/roles': ['bin/process'],
  'bin/sdp': [],
  'bin/commands': ['bin/process', 'bin/roles', 'bin/sdp'],
  'bin/demo': ['bin/process'],
  bin: ['bin/process', 'bin/commands'],

  'bench/measure': [],
  'bench/load': ['bench/measure'],
  'bench/system': ['bench/measure', 'bench/load'],
  'bench/console': ['bench/measure', 'bench/load', 'bench/system'],
  'bench/engine': ['bench/measure'],
  'bench/truth': ['bench/measure'],
  bench: ['bench/measure', 'bench/system', 'bench/console', 'bench/engine', 'bench/truth'],

  ...Object.fromEntries([...CONSOLE, 'web-map'].map((room, i) => [room, CONSOLE.slice(0, i)])),
}
