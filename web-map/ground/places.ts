// Place names of the built-in map: name, latitude, longitude, and the zoom from which it is written.
// Capitals and big cities first, then towns, then districts of the largest cities.

type Place = {
  name: string
  latDeg: number
  lonDeg: number
  fromZoom: number
  kind: 'city' | 'district' | 'island' | 'sea'
}

const CITIES = `
4 Jakarta -6.175 106.827|4 Surabaya -7.257 112.752|4 Medan 3.595 98.672|4 Makassar -5.147 119.432|4 Jayapura -2.533 140.717
4 Palembang -2.991 104.757|4 Balikpapan -1.268 116.829|4 Manado 1.493 124.841|4 Kupang -10.178 123.607|4 Banjarmasin -3.319 114.591
4 Pontianak -0.027 109.333|4 Padang -0.947 100.417|5 Bandung -6.917 107.619|5 Semarang -6.967 110.417|5 Denpasar -8.650 115.217
5 Ambon -3.695 128.181|5 Pekanbaru 0.507 101.448|5 Banda_Aceh 5.548 95.323|5 Yogyakarta -7.797 110.370|5 Samarinda -0.502 117.154
5 Palu -0.899 119.871|5 Kendari -3.998 122.513|5 Sorong -0.876 131.256|5 Merauke -8.493 140.402|5 Mataram -8.583 116.117
5 Bandar_Lampung -5.397 105.267|5 Jambi -1.610 103.613|5 Bengkulu -3.796 102.259|5 Palangka_Raya -2.209 113.917|5 Gorontalo 0.544 123.058
5 Ternate 0.790 127.384|5 Manokwari -0.861 134.062|5 Tarakan 3.300 117.633|6 Biak -1.177 136.082|6 Timika -4.529 136.887
6 Nabire -3.367 135.496|6 Wamena -4.095 138.957|6 Fakfak -2.924 132.297|6 Malang -7.983 112.621|6 Surakarta -7.575 110.824
6 Tanjungpinang 0.917 104.446|6 Batam 1.083 104.030|6 Pangkalpinang -2.129 106.114|6 Serang -6.115 106.150|6 Cirebon -6.706 108.557
6 Mamuju -2.680 118.889|6 Parepare -4.014 119.626|6 Palopo -2.993 120.195|6 Baubau -5.470 122.598|6 Poso -1.396 120.754
6 Luwuk -0.951 122.787|6 Bitung 1.445 125.188|6 Tual -5.630 132.751|6 Saumlaki -7.975 131.306|6 Ende -8.845 121.662
6 Maumere -8.620 122.211|6 Labuan_Bajo -8.497 119.888|6 Waingapu -9.657 120.264|6 Bima -8.460 118.727|6 Atambua -9.107 124.892
6 Singkawang 0.907 108.986|6 Sintang 0.067 111.476|6 Sampit -2.533 112.950|6 Tanjung_Selor 2.838 117.365|6 Lhokseumawe 5.180 97.150
6 Sibolga 1.742 98.779|6 Pematangsiantar 2.960 99.069|6 Bukittinggi -0.305 100.369|6 Dumai 1.666 101.448|6 Lubuklinggau -3.294 102.861
6 Jember -8.172 113.700|6 Kediri -7.816 112.012|6 Madiun -7.630 111.523|6 Purwokerto -7.424 109.230|6 Tegal -6.869 109.140
6 Tasikmalaya -7.327 108.220|6 Sukabumi -6.921 106.928|6 Banyuwangi -8.219 114.369|6 Sumenep -7.009 113.862|7 Singaraja -8.112 115.088
7 Pekalongan -6.889 109.675|7 Magelang -7.480 110.218|7 Probolinggo -7.754 113.216|7 Bogor -6.597 106.806|7 Karawang -6.305 107.300
7 Purwakarta -6.556 107.443|7 Garut -7.227 107.909|7 Kudus -6.805 110.840|7 Tuban -6.897 112.050|7 Bojonegoro -7.150 111.882
7 Maros -5.006 119.576|7 Bulukumba -5.553 120.196|7 Watampone -4.540 120.328|7 Sengkang -4.135 120.030|7 Bantaeng -5.545 119.950
7 Sentani -2.571 140.512|7 Sarmi -1.857 138.745|7 Sungailiat -1.855 106.115|7 Kotabumi -4.827 104.883|7 Metro -5.113 105.307
8 Tangerang -6.178 106.630|8 Bekasi -6.238 106.975|8 Depok -6.402 106.794|8 Cimahi -6.872 107.542|8 Sidoarjo -7.447 112.718
8 Gresik -7.156 112.651|8 Sungguminasa -5.207 119.452|8 Takalar -5.414 119.441|8 Pangkajene -4.838 119.550|8 Abepura -2.609 140.665
8 Cikarang -6.307 107.172|8 Lembang -6.812 107.618|8 Binjai 3.600 98.485|8 Ungaran -7.138 110.405|8 Salatiga -7.331 110.508`

const DISTRICTS = `
10 Jakarta_Pusat -6.186 106.834|10 Jakarta_Utara -6.138 106.870|10 Jakarta_Barat -6.168 106.763|10 Jakarta_Selatan -6.266 106.813
10 Jakarta_Timur -6.225 106.900|10 Tangerang_Selatan -6.289 106.718|12 Menteng -6.195 106.832|12 Gambir -6.171 106.815
12 Tanah_Abang -6.205 106.811|12 Kemayoran -6.163 106.857|12 Senen -6.183 106.845|12 Cempaka_Putih -6.180 106.868
12 Kebayoran_Baru -6.243 106.799|12 Tebet -6.226 106.858|12 Setiabudi -6.221 106.827|12 Mampang -6.251 106.823
12 Pasar_Minggu -6.285 106.844|12 Cilandak -6.285 106.796|12 Jagakarsa -6.330 106.825|12 Pancoran -6.252 106.842
12 Jatinegara -6.230 106.882|12 Cakung -6.183 106.947|12 Pulogadung -6.187 106.899|12 Duren_Sawit -6.234 106.919
12 Kramat_Jati -6.275 106.870|12 Matraman -6.203 106.863|12 Cipayung -6.324 106.901|12 Ciracas -6.327 106.876
12 Tanjung_Priok -6.132 106.871|12 Kelapa_Gading -6.160 106.905|12 Penjaringan -6.126 106.782|12 Pademangan -6.132 106.839
12 Koja -6.117 106.906|12 Cilincing -6.129 106.945|12 Kebon_Jeruk -6.192 106.769|12 Palmerah -6.190 106.795
12 Grogol -6.164 106.788|12 Cengkareng -6.153 106.735|12 Kembangan -6.187 106.737|12 Kalideres -6.147 106.705
12 Tambora -6.146 106.800|12 Taman_Sari -6.146 106.818|11 Ciputat -6.311 106.764|11 Serpong -6.309 106.665|11 Cibubur -6.368 106.888
11 Panakkukang -5.141 119.451|11 Tamalate -5.182 119.408|11 Rappocini -5.172 119.432|12 Mariso -5.155 119.409|12 Ujung_Pandang -5.138 119.409
12 Wajo -5.126 119.412|12 Bontoala -5.130 119.420|12 Tallo -5.113 119.437|12 Makassar -5.143 119.424|11 Biringkanaya -5.084 119.515
11 Tamalanrea -5.118 119.497|11 Manggala -5.168 119.489|11 Jayapura_Selatan -2.560 140.698|12 Jayapura_Utara -2.515 140.712
12 Argapura -2.556 140.705|12 Entrop -2.571 140.684|12 Kotaraja -2.598 140.662|11 Heram -2.583 140.640|11 Waena -2.594 140.629|11 Muara_Tami -2.626 140.829
11 Coblong -6.888 107.614|11 Cicendo -6.902 107.586|11 Antapani -6.916 107.660|11 Buahbatu -6.948 107.645
11 Gubeng -7.272 112.752|11 Wonokromo -7.297 112.739|11 Rungkut -7.326 112.769|11 Tandes -7.257 112.676|11 Kenjeran -7.230 112.776`

const WATERS = `
5 Laut_Jawa -4.9 111.2|5 Laut_Banda -5.6 127.4|5 Samudra_Hindia -10.2 104.5|5 Laut_Flores -7.4 120.6|5 Samudra_Pasifik 3.4 134.6
6 Laut_Natuna 3.2 107.3|6 Selat_Makassar -2.3 118.0|6 Laut_Maluku 0.4 125.6|6 Laut_Arafura -8.6 135.8|6 Laut_Sulawesi 3.2 121.4
6 Laut_Seram -2.4 129.3|6 Laut_Timor -10.9 126.6|7 Selat_Sunda -6.0 105.3|7 Teluk_Cenderawasih -2.4 135.2|9 Teluk_Jakarta -6.03 106.84`

const ISLANDS = `
4 SUMATRA -0.9 101.9|4 KALIMANTAN -0.7 113.7|4 SULAWESI -1.75 121.2|4 PAPUA -4.2 137.9|5 JAWA -7.25 109.6`

function read(block: string, kind: Place['kind']): Place[] {
  return block
    .split(/[|\n]/)
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [fromZoom, name, latDeg, lonDeg] = line.trim().split(' ') as [string, string, string, string]
      return {
        name: name.replaceAll('_', ' '),
        latDeg: Number(latDeg),
        lonDeg: Number(lonDeg),
        fromZoom: Number(fromZoom),
        kind,
      }
    })
}

/** In the order in which they get room on the map. */
export const PLACES: readonly Place[] = [
  ...read(CITIES, 'city'),
  ...read(DISTRICTS, 'district'),
  ...read(ISLANDS, 'island'),
  ...read(WATERS, 'sea'),
].sort((a, b) => a.fromZoom - b.fromZoom)
