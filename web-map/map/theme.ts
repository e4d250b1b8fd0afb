import type { ConditionKind } from '../../model/plan/plan.ts'
import type { MarkState } from '../feed/freshness.ts'

/** Colours of what is drawn on canvas; the rest of the console has the same ones as CSS variables. */
export type MapTheme = {
  sea: string
  land: string
  coast: string
  border: string
  graticule: string
  graticuleText: string
  placeText: string
  placeHalo: string
  seaText: string
  state: Record<MarkState, string>
  /** Letter on the state's colour. */
  stateInk: string
  markEdge: string
  select: string
  zone: Record<ConditionKind, string>
  track: string
  trackOld: string
}

const LIGHT: MapTheme = {
  sea: '#d7e4ea',
  land: '#f5f3ec',
  coast: '#a9bac0',
  border: '#c3bfb2',
  graticule: 'rgba(60, 90, 105, 0.13)',
  graticuleText: 'rgba(60, 90, 105, 0.65)',
  placeText: '#46535a',
  placeHalo: 'rgba(250, 249, 245, 0.9)',
  seaText: '#7794a3',
  state: { patuh: '#23805f', informasi: '#2b6cb8', serius: '#c96a00', kritis: '#c4201f', nodata: '#76838b' },
  stateInk: '#ffffff',
  markEdge: '#ffffff',
  select: '#10242d',
  zone: { required: '#23805f', avoided: '#b4233c', corridor: '#0b7f93', region: '#5b6b78', neutral: '#7c868c' },
  track: '#5b3fa8',
  trackOld: '#9a8bc9',
}

const DARK: MapTheme = {
  sea: '#15212a',
  land: '#25313a',
  coast: '#4a5d69',
  border: '#46535b',
  graticule: 'rgba(170, 200, 215, 0.1)',
  graticuleText: 'rgba(170, 200, 215, 0.55)',
  placeText: '#b9c6cd',
  placeHalo: 'rgba(28, 38, 45, 0.9)',
  seaText: '#5f7b8a',
  state: { patuh: '#3fae86', informasi: '#5b9be6', serius: '#f0982f', kritis: '#f0504c', nodata: '#8c99a1' },
  stateInk: '#0d161b',
  markEdge: '#0d161b',
  select: '#f3f7f9',
  zone: { required: '#3fae86', avoided: '#ef6075', corridor: '#45c1d6', region: '#93a5b1', neutral: '#8c99a1' },
  track: '#b7a2f5',
  trackOld: '#7a6ca8',
}

export function themeOf(dark: boolean): MapTheme {
  return dark ? DARK : LIGHT
}
