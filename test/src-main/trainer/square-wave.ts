export { squareWave } from '#main/selftest/formulas.ts'
