package parts
import ("testing";"os";"github.com/klauspost/compress/zstd";"fmt")
func BenchmarkX(b *testing.B){
 line, _ := os.ReadFile("../../../../testdata/evidence/v1/sample.json")
 for _, size := range []int{400, 4000, 22000} {
 content := line[:size]
 base := append([]byte{}, content...)
 for i := 0; i < len(base); i += 300 { base[i] = 'x' }
 for name, lvl := range map[string]zstd.EncoderLevel{"fastest":zstd.SpeedFastest,"default":zstd.SpeedDefault,"better":zstd.SpeedBetterCompression} {
 for _, d := range []bool{false,true} {
 b.Run(fmt.Sprint(size,name,d), func(b *testing.B){
  n := 0
  for b.Loop() {
   o := []zstd.EOption{zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(lvl)}
   if d { o = append(o, zstd.WithEncoderDictRaw(1, base)) }
   e, err := zstd.NewWriter(nil, o...)
   if err != nil { b.Fatal(err) }
   n = len(e.EncodeAll(content,nil))
   e.Close()
  }
  b.ReportMetric(float64(n),"bytes")
 })
 }}}
}
