// Half precision in software, where the device has instructions.
static float value(bfloat16 x) { return __uint_as_float((unsigned)x.bits << 16); }
static bfloat16 to_brain(float x) {
  unsigned bits = __float_as_uint(x), odd = bits >> 16 & 1;
  return {(uint16)(x != x ? bits >> 16 | 0x40 : (bits + 0x7FFF + odd) >> 16)};
}
static float value(float16 x) {
  unsigned sign = (x.bits & 0x8000u) << 16, rest = x.bits & 0x7FFFu;
  if (rest >= 0x7C00) return __uint_as_float(sign | 0x7F800000 | (rest & 0x3FF) << 13);
  float made = std::ldexp(__uint_as_float(rest << 13), 112);
  return sign ? -made : made;
}
static float16 to_half(float x) {
  uint16 sign = __float_as_uint(x) >> 16 & 0x8000;
  float size = std::fabs(x);
  if (x != x) return {(uint16)(sign | 0x7E00)};
  if (size >= 65520) return {(uint16)(sign | 0x7C00)};
  int power = 0;
  std::frexp(size, &power);
  int step = (power < -13 ? -13 : power) - 11;  // of the last bit
  float whole = std::nearbyint(std::ldexp(size, -step));
  unsigned bits = __float_as_uint(std::ldexp(whole, step - 112)) >> 13;
  return {(uint16)(sign | bits)};
}
