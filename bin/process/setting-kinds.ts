// The kinds of environment variables: each names its variable, says what it means, and reads its value or throws a sentence.
import { readFileSync } from 'node:fs'
import { readRange } from '../../model/networks.ts'

export type Setting<T> = {
  name: string
  meaning: string
  /** Throws a sentence that names the variable when the value cannot be used. */
  read(env: NodeJS.ProcessEnv): T
}

export function text(name: string, meaning: string): Setting<string | undefined>
export function text(name: string, meaning: string, otherwise: string): Setting<string>
export function text(name: string, meaning: string, otherwise?: string): Setting<string | undefined> {
  return { name, meaning, read: (env) => env[name] ?? otherwise }
}

/** A text that must not be seen: also taken from the file that NAME_FILE names, without its last line break. */
export function secret(name: string, meaning: string): Setting<string | undefined> {
  const fileName = `${name}_FILE`
  return {
    name,
    meaning: `${meaning}; or ${fileName}, a file that holds it`,
    read(env) {
      const file = env[fileName]
      if (file === undefined || file === '') return env[name]
      if (env[name] !== undefined) throw new Error(`${name} and ${fileName} are both set; only one can hold`)
      try {
        return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
      } catch (cause) {
        throw new Error(`${fileName}: the file cannot be read`, { cause })
      }
    },
  }
}

export function flag(name: string, meaning: string): Setting<boolean> {
  return { name, meaning, read: (env) => env[name] === '1' }
}

export function wholeNumber(
  name: string,
  meaning: string,
  range: { otherwise: number; min: number; max: number },
): Setting<number> {
  const { otherwise, min, max } = range
  return {
    name,
    meaning,
    read(env) {
      const given = env[name]
      if (given === undefined || given === '') return otherwise
      const value = Number(given)
      if (!Number.isInteger(value) || value < min || value > max)
        throw new Error(`${name} must be a whole number from ${min} to ${max}, not "${given}"`)
      return value
    },
  }
}

/** Words separated by commas. */
export function words(name: string, meaning: string): Setting<string[]> {
  return {
    name,
    meaning,
    read: (env) =>
      (env[name] ?? '')
        .split(',')
        .map((word) => word.trim())
        .filter((word) => word !== ''),
  }
}

/** Addresses and ranges in CIDR notation, separated by commas. */
export function networks(name: string, meaning: string): Setting<string[]> {
  return {
    name,
    meaning,
    read(env) {
      const given = (env[name] ?? '').split(',').map((cidr) => cidr.trim())
      const cidrs = given.filter((cidr) => cidr !== '')
      const wrong = cidrs.find((cidr) => readRange(cidr) === undefined)
      if (wrong !== undefined) throw new Error(`${name}: "${wrong}" is no address and no range like 10.0.0.0/8`)
      return cidrs
    },
  }
}

/** Where something is posted to. The address may hold a secret, so an invalid one is not repeated. */
export function webhook(name: string, meaning: string): Setting<string | undefined> {
  return {
    name,
    meaning,
    read(env) {
      const given = env[name]
      if (given === undefined || given === '') return undefined
      const url = URL.canParse(given) ? new URL(given) : undefined
      if (url === undefined || !/^https?:$/.test(url.protocol))
        throw new Error(`${name} must be an http or https address`)
      if (url.username !== '' || url.password !== '')
        throw new Error(`${name} must hold no user and password; a secret belongs into its path or query`)
      return given
    },
  }
}
