import { createRouter, createWebHashHistory } from 'vue-router'

/** The part behind # alone names the place: any host can serve the page from any folder. */
export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', redirect: '/library' },
    {
      path: '/library',
      name: 'library',
      component: () => import('../features/library/LibraryView.vue'),
    },
    { path: '/masks', name: 'masks', component: () => import('../features/masks/MasksView.vue') },
    {
      path: '/runs/:id(\\d+|new|compare)?',
      name: 'runs',
      component: () => import('../features/runs/RunsView.vue'),
    },
    {
      path: '/evaluate/:id(\\d+|new|results)?',
      name: 'evaluate',
      component: () => import('../features/evaluate/EvaluateView.vue'),
    },
    { path: '/:rest(.*)*', redirect: '/library' },
  ],
})
