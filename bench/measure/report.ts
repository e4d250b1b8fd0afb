/** What a bench is given: its seed, where to print for people (nowhere with --json), and the command line. */
export type BenchTask = { seed: number; say: (line: string) => void; args: string[] }

/** What a bench gives: figures by the ids of bench/README.md, and whatever else it wants in the JSON. */
export type BenchResult = { marks: Record<string, number> } & Record<string, unknown>

export type Bench = (task: BenchTask) => Promise<BenchResult>
