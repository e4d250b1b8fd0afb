declare module 'shpjs' {
  type Parts = { shp: Uint8Array; dbf?: Uint8Array; prj?: string; cpg?: string }
  type Collection = { type: 'FeatureCollection'; features: unknown[]; fileName?: string }
  export default function shp(parts: Parts): Promise<Collection | Collection[]>
}
