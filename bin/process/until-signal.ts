/** Resolves on SIGINT or SIGTERM, when the process that started this one over a channel has ended, or after `ms`. */
export function untilSignalOr(ms?: number): Promise<'signal' | 'time'> {
  return new Promise((resolve) => {
    if (process.channel === null) return resolve('signal') // ended before anybody listened
    const timer = ms === undefined ? undefined : setTimeout(() => done('time'), ms)
    const onSignal = () => done('signal')
    const done = (why: 'signal' | 'time') => {
      clearTimeout(timer)
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
      process.off('disconnect', onSignal)
      resolve(why)
    }
    process.on('SIGINT', onSignal)
    process.on('SIGTERM', onSignal)
    process.on('disconnect', onSignal)
  })
}
